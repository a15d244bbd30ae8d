use std::{
    fs,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Parser;
use groq_simulator::{ChunkShape, Config, RateLimits, Reply, Simulator};

const SCRIPTING: &str = r#"While it runs, it takes scripts under /control:
  POST   /control/replies      what the next requests get, an array in their order
  PUT    /control/rate-limits  {"requests_per_minute": 30, "tokens_per_minute": 8000, ..}
  GET    /control/requests     what was asked so far, and how it ended
  DELETE /control              forgets all of that

A request can bring the script of its answer as a header, `x-simulate: status=503; retry_after=2`.

A reply is an object with some of these keys:
  what it says    text, pieces, reasoning, tool_calls, finish_reason, cached_tokens, chunk_shape
  when            tokens_per_second, first_token_after_ms, headers_after_ms
  how it ends     stall_after, stall_at_byte, cut_after, cut_at_byte, cut_before_head (by_reset),
                  error_frame_after (error_frame_status, error_frame_form), garbage_after,
                  endless_after, endless_line_after, without_finish, without_done
  how it is sent  headers, writes, line_ends, byte_order_mark, unterminated, insert,
                  comment_every_ms
  a refusal       status (code, body, retry_after, without_retry_after)
  for which       at: the number of the request, counted from now

Example:
  curl -X POST http://127.0.0.1:9090/control/replies \
    -d '[{"status": 429, "retry_after": 1}, {"text": "Please restart it.", "cut_after": 3}]'"#;

/// Serves Groq's chat-completions API from this machine, without a model behind it.
#[derive(Parser)]
#[command(version, after_long_help = SCRIPTING)]
struct Arguments {
    /// Address to listen on.
    #[arg(long, default_value_t = IpAddr::from(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 9090)]
    port: u16,
    /// Pace of an answer; 0 sends it as fast as the client reads.
    #[arg(long, default_value_t = 0.0)]
    tokens_per_second: f64,
    /// Milliseconds from the response head to the first chunk.
    #[arg(long, default_value_t = 0)]
    first_token_after_ms: u64,
    /// File with a JSON array of replies, as /control/replies takes them; they are given in turn,
    /// over and over.
    #[arg(long)]
    replies: Option<PathBuf>,
    /// Length of an answer; without it, as long as its text is.
    #[arg(long)]
    answer_tokens: Option<usize>,
    /// Start answers with reasoning.
    #[arg(long)]
    reasoning: bool,
    /// What chunks look like: as in which year.
    #[arg(long, default_value = "2026")]
    chunk_shape: ChunkShape,
    /// Choice of the answers' texts and of the ids.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The only key to accept; without it, any that is not empty.
    #[arg(long)]
    api_key: Option<String>,
    /// Threads that serve requests.
    #[arg(long, default_value_t = 1)]
    workers: usize,
    /// How many requests the journal keeps.
    #[arg(long, default_value_t = Config::default().journal_capacity)]
    journal_capacity: usize,
    /// Requests a minute (RPM); without it, unlimited.
    #[arg(long)]
    requests_per_minute: Option<NonZeroU32>,
    /// Requests a day (RPD); without it, unlimited.
    #[arg(long)]
    requests_per_day: Option<NonZeroU32>,
    /// Tokens a minute (TPM); without it, unlimited.
    #[arg(long)]
    tokens_per_minute: Option<NonZeroU32>,
    /// Tokens a day (TPD); without it, unlimited.
    #[arg(long)]
    tokens_per_day: Option<NonZeroU32>,
    /// Tokens of prompts a minute (ITPM); without it, unlimited.
    #[arg(long)]
    input_tokens_per_minute: Option<NonZeroU32>,
    /// Tokens of answers a minute (OTPM); without it, unlimited.
    #[arg(long)]
    output_tokens_per_minute: Option<NonZeroU32>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let simulator = Simulator::start_with(Arguments::parse().try_into()?).await?;
    writeln!(io::stdout(), "{}", simulator.base_url())?;
    tokio::signal::ctrl_c().await?;
    simulator.stop().await;
    Ok(())
}

impl TryFrom<Arguments> for Config {
    type Error = io::Error;

    fn try_from(arguments: Arguments) -> io::Result<Self> {
        Ok(Self {
            address: SocketAddr::new(arguments.host, arguments.port),
            workers: arguments.workers,
            api_key: arguments.api_key,
            tokens_per_second: arguments.tokens_per_second,
            first_token_after: Duration::from_millis(arguments.first_token_after_ms),
            replies: match arguments.replies {
                Some(file) => replies(&file)?,
                None => Vec::new(),
            },
            answer_tokens: arguments.answer_tokens,
            reasoning: arguments.reasoning,
            chunk_shape: arguments.chunk_shape,
            seed: arguments.seed,
            journal_capacity: arguments.journal_capacity,
            rate_limits: RateLimits {
                requests_per_minute: arguments.requests_per_minute,
                requests_per_day: arguments.requests_per_day,
                tokens_per_minute: arguments.tokens_per_minute,
                tokens_per_day: arguments.tokens_per_day,
                input_tokens_per_minute: arguments.input_tokens_per_minute,
                output_tokens_per_minute: arguments.output_tokens_per_minute,
            },
        })
    }
}

fn replies(file: &Path) -> io::Result<Vec<Reply>> {
    let told =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
    let bytes = fs::read(file).map_err(told)?;
    serde_json::from_slice(&bytes).map_err(|error| told(error.into()))
}
