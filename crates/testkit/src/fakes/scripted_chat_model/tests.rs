use std::sync::Arc;

use domain::ports::{ChatChunk, ChatModel, ChatModelError, ChatRequest, ChatStream};
use futures_util::{FutureExt, StreamExt};

use super::{ModelFault, Script, ScriptedChatModel};

async fn begin(model: &ScriptedChatModel) -> ChatStream {
    let stream = model.stream_reply(request()).await;
    stream.expect("the script should accept the request")
}

fn request() -> ChatRequest {
    ChatRequest {
        turns: Vec::new(),
        max_completion_tokens: 7,
        passages: Vec::new(),
    }
}

fn text(piece: &str) -> ChatChunk {
    ChatChunk::Text(piece.to_owned())
}

#[tokio::test]
async fn pieces_come_in_order_and_then_the_end() {
    let model = ScriptedChatModel::replying(["Hel", "lo"]).handing_off();
    let chunks: Vec<_> = begin(&model).await.map(Result::unwrap).collect().await;
    let [first, second, ChatChunk::Finished(finish)] = chunks.as_slice() else {
        panic!("{chunks:?}")
    };
    assert_eq!((first, second), (&text("Hel"), &text("lo")));
    assert!(finish.hands_off);
    assert_eq!(model.calls(), 1);
    assert_eq!(model.requests(), [request()]);
}

#[tokio::test]
async fn a_fault_is_the_last_item() {
    let model = ScriptedChatModel::replying(["Hel"]).then_fails(ModelFault::TimedOut);
    let mut stream = begin(&model).await;
    assert_eq!(stream.next().await.unwrap().unwrap(), text("Hel"));
    assert!(matches!(
        stream.next().await,
        Some(Err(ChatModelError::TimedOut))
    ));
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn an_answer_that_is_cut_off_has_no_end() {
    let model = ScriptedChatModel::replying(["Hel"]).cut_off();
    let mut stream = begin(&model).await;
    assert_eq!(stream.next().await.unwrap().unwrap(), text("Hel"));
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn gated_pieces_wait_for_their_release() {
    let (model, gate) = ScriptedChatModel::gated(["a", "b", "c"]);
    let mut stream = begin(&model).await;
    assert!(stream.next().now_or_never().is_none());
    gate.release(1);
    assert_eq!(stream.next().await.unwrap().unwrap(), text("a"));
    assert!(stream.next().now_or_never().is_none());
    gate.open();
    assert_eq!(stream.count().await, 3);
}

#[tokio::test]
async fn an_end_may_be_gated_too() {
    let (script, gate) = Script::gated(["a"]);
    let model = ScriptedChatModel::playing([script.gating_its_end()]);
    let mut stream = begin(&model).await;
    gate.release(1);
    assert_eq!(stream.next().await.unwrap().unwrap(), text("a"));
    assert!(stream.next().now_or_never().is_none());
    gate.release(1);
    assert!(matches!(
        stream.next().await,
        Some(Ok(ChatChunk::Finished(_)))
    ));
}

#[tokio::test]
async fn each_call_plays_the_next_script_and_the_last_one_repeats() {
    let model = ScriptedChatModel::refusing(ModelFault::Rejected { status: 401 })
        .and_then(Script::replying(["a"]));
    let refusal = model.stream_reply(request()).await.err();
    assert!(matches!(
        refusal,
        Some(ChatModelError::Rejected { status: 401 })
    ));
    for _ in 0..2 {
        assert_eq!(begin(&model).await.count().await, 2);
    }
}

#[tokio::test]
async fn streams_that_somebody_stops_are_told_from_those_read_to_their_end() {
    let model =
        Arc::new(ScriptedChatModel::replying(["a"]).and_then(Script::default().then_stalls()));
    assert_eq!(begin(&model).await.count().await, 2);
    assert_eq!((model.dropped_streams(), model.abandoned_streams()), (1, 0));

    let mut stalled = begin(&model).await;
    assert!(stalled.next().now_or_never().is_none());
    let watcher = Arc::clone(&model);
    let waiting = async move { watcher.until_dropped(2).await };
    tokio::join!(waiting, async move { drop(stalled) });
    assert_eq!((model.dropped_streams(), model.abandoned_streams()), (2, 1));
}

#[tokio::test]
async fn a_model_may_never_answer() {
    let model = ScriptedChatModel::playing([Script::never_answering()]);
    assert!(model.stream_reply(request()).now_or_never().is_none());
    model.until_called(1).await;
}
