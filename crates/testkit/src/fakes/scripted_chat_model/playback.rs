use std::pin::Pin;
use std::task::{Context, Poll};

use domain::ports::{ChatChunk, ChatModelError, ChatStream, Finish};
use domain::reply::{FinishReason, Usage};
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use tokio::sync::watch;

use super::script::{End, Script};

/// How many streams are gone.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) dropped: usize,
    pub(super) abandoned: usize,
}

type Item = Result<ChatChunk, ChatModelError>;

struct Playback {
    items: BoxStream<'static, Item>,
    ended: bool,
    tally: watch::Sender<Tally>,
}

pub(super) fn play(script: Script, model: String, tally: watch::Sender<Tally>) -> ChatStream {
    Box::pin(Playback {
        items: items(script, model),
        ended: false,
        tally,
    })
}

fn items(script: Script, model: String) -> BoxStream<'static, Item> {
    let end = end_of(&script, model);
    let end_gate = script.gate.clone().filter(|_| script.end_is_gated);
    let gate = script.gate;
    let pieces = stream::iter(script.chunks).then(move |chunk| {
        let gate = gate.clone().filter(|_| chunk != ChatChunk::Thinking);
        async move {
            pass(gate).await;
            Ok(chunk)
        }
    });
    let end = stream::once(async move {
        pass(end_gate).await;
        end
    })
    .flatten();
    pieces.chain(end).boxed()
}

async fn pass(gate: Option<super::Gate>) {
    if let Some(gate) = gate {
        gate.pass().await;
    }
}

fn end_of(script: &Script, model: String) -> BoxStream<'static, Item> {
    let stop = |hands_off| Finish {
        reason: FinishReason::Stop,
        usage: Some(Usage {
            input_tokens: 10,
            output_tokens: i64::try_from(script.chunks.len()).unwrap_or(i64::MAX),
        }),
        model: Some(model),
        hands_off,
    };
    let finished = |finish| stream::iter([Ok(ChatChunk::Finished(finish))]).boxed();
    match &script.end {
        End::Stops => finished(stop(false)),
        End::StopsHandingOff => finished(stop(true)),
        End::Finishes(finish) => finished(finish.clone()),
        End::Fails(fault) => stream::iter([Err(fault.into_error())]).boxed(),
        End::Stalls => stream::pending().boxed(),
        End::CutsOff => stream::empty().boxed(),
    }
}

impl Stream for Playback {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let next = self.items.poll_next_unpin(cx);
        self.ended |= matches!(
            next,
            Poll::Ready(None | Some(Err(_) | Ok(ChatChunk::Finished(_))))
        );
        next
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        let abandoned = usize::from(!self.ended);
        self.tally.send_modify(|tally| {
            tally.dropped += 1;
            tally.abandoned += abandoned;
        });
    }
}
