use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval};

use super::Step;
use super::log::Log;

/// How the script went on a connection.
enum Played {
    /// To its end, or to a cut.
    Through,
    /// To the point where the client closed the connection.
    UntilClientLeft,
}

/// Reads one request, then plays the script.
pub(super) async fn serve(mut stream: TcpStream, script: Arc<[Step]>, log: Arc<Log>) {
    // Each write must reach the client by itself.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Ok(Some(request)) = read_request(&mut stream).await else {
        return;
    };
    log.record(request);
    // A write fails when the client is gone.
    match play(stream, &script).await {
        Ok(Played::Through) => {}
        Ok(Played::UntilClientLeft) | Err(_) => log.record_departure(),
    }
}

async fn play(mut stream: TcpStream, script: &[Step]) -> io::Result<Played> {
    for step in script {
        match step {
            Step::Send(bytes) => stream.write_all(bytes).await?,
            Step::SendByteByByte(bytes) => {
                for byte in bytes {
                    stream.write_all(&[*byte]).await?;
                    // Gives a client on the same thread the chance to see the byte alone.
                    tokio::task::yield_now().await;
                }
            }
            Step::Repeat { bytes, every } => {
                let mut ticks = interval(*every);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    ticks.tick().await;
                    stream.write_all(bytes).await?;
                }
            }
            Step::Stall => {
                wait_for_end(&mut stream).await;
                return Ok(Played::UntilClientLeft);
            }
            Step::CutFin => break,
            Step::CutReset => {
                stream.set_zero_linger()?;
                return Ok(Played::Through);
            }
        }
    }
    stream.shutdown().await?;
    Ok(Played::Through)
}

/// Whether the client ends its side or resets the connection, it is gone.
async fn wait_for_end(stream: &mut TcpStream) {
    let mut ignored = [0; 256];
    while matches!(stream.read(&mut ignored).await, Ok(1..)) {}
}

/// The head and the body of a request; none when the client left before its end.
async fn read_request(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut request = Vec::new();
    while !is_whole(&request) {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(String::from_utf8_lossy(&request).into_owned()))
}

fn is_whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else {
        return false;
    };
    let (head, body) = request.split_at(end + 4);
    body.len() >= content_length(&String::from_utf8_lossy(head))
}

fn content_length(head: &str) -> usize {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0)
}
