use std::time::Duration;

use groq_simulator::{ChunkShape, LineEnd, Reply, Simulator, Writes};

use super::{app_on, ask};
use crate::harness::shown_text;

const TEXT: &str = "Gr\u{fc}\u{df}e,\u{2028}take \u{1f680} & \"<rest>\".";

fn whole() -> Reply {
    Reply::new().with_pieces(["Grüße,\u{2028}", "take 🚀", " & \"<rest>\"."])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_whichever_form_is_stored_to_the_letter() {
    let simulator = Simulator::start().await.expect("a simulator");
    let app = app_on(&simulator, &[]).await;
    let ada = app.customer("ada").await;
    let ping = "event: ping\ndata: now\n\n";
    let crlf = || whole().line_ends(LineEnd::CrLf);
    let answers = [
        whole(),
        whole().writes(Writes::Bytes(1)),
        whole().writes(Writes::WithinCharacters),
        crlf(),
        crlf().writes(Writes::WithinLineEnds),
        whole().line_ends(LineEnd::Cr),
        whole().line_ends(LineEnd::Cr).writes(Writes::Bytes(1)),
        whole().byte_order_mark(),
        whole().insert_after(0, ": hello\n\n").insert_after(2, ping),
        whole().without_done(),
        whole().without_done().unterminated(),
        whole().chunk_shape(ChunkShape::Of2025),
        whole().with_reasoning(["Secret", " thoughts"]),
        whole().tokens_per_second(20),
        whole()
            .first_token_after(Duration::from_millis(300))
            .comment_every(Duration::from_millis(20)),
        whole().headers_after(Duration::from_millis(300)),
    ];
    let count = answers.len();
    for answer in answers {
        let script = format!("{answer:?}");
        simulator.enqueue(answer);
        let (ticket, events) = ask(&ada).await;
        assert_eq!(shown_text(&events), TEXT, "{script}");
        let completed = events.last().expect("an end");
        assert_eq!(completed.name, "response.completed", "{script}");
        let response = &completed.data["response"];
        assert_eq!(response["output_text"], TEXT, "{script}");
        assert_eq!(response["finish_reason"], "stop", "{script}");
        let messages = ada.messages(&ticket).await;
        assert_eq!(messages.len(), 1, "{script}");
        assert_eq!(messages[0]["content"], TEXT, "{script}");
        assert_eq!(messages[0]["id"], response["message_id"], "{script}");
        let mut told = events.iter().map(|event| event.data.to_string());
        assert!(!told.any(|it| it.contains("thoughts")), "{script}");
    }
    assert_eq!(simulator.requests().len(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tokens_of_an_answer_are_counted_once() {
    let simulator = Simulator::start().await.expect("a simulator");
    let app = app_on(&simulator, &[]).await;
    let ada = app.customer("ada").await;
    for shape in [ChunkShape::Of2025, ChunkShape::Of2026] {
        simulator.enqueue(whole().chunk_shape(shape));
        let (_, events) = ask(&ada).await;
        let completed = &events.last().expect("an end").data["response"];
        assert_eq!(completed["usage"]["output_tokens"], 3, "{shape:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_the_model_cut_short_is_incomplete() {
    let simulator = Simulator::start().await.expect("a simulator");
    let app = app_on(&simulator, &[]).await;
    let ada = app.customer("ada").await;
    for (finish_reason, reason) in [
        ("length", "max_output_tokens"),
        ("content_filter", "content_filter"),
    ] {
        simulator.enqueue(whole().finish_reason(finish_reason));
        let (_, events) = ask(&ada).await;
        assert_eq!(shown_text(&events), TEXT);
        let end = events.last().expect("an end");
        assert_eq!(end.name, "response.incomplete");
        let response = &end.data["response"];
        assert_eq!(response["incomplete_details"]["reason"], reason);
    }
}
