//! Everything that a stream can look like and be whole.

use domain::reply::FinishReason;
use groq_simulator::{ChunkShape, LineEnd, Reply, Writes};

use super::answer_to;

const TEXT: &str = "Hé,\u{2028}\u{1f525} \"<b>\"";

fn reply() -> Reply {
    Reply::new().with_pieces(["Hé,", "\u{2028}\u{1f525}", " \"<b>\""])
}

/// A stream as it stands.
fn raw(body: &str) -> Reply {
    Reply::status(200)
        .with_header("content-type", "text/event-stream")
        .body(body)
}

#[tokio::test]
async fn an_answer_is_the_same_in_whichever_form_it_comes() {
    let line_ends = [LineEnd::Lf, LineEnd::CrLf, LineEnd::Cr];
    let writes = [
        Writes::AsDue,
        Writes::Bytes(1),
        Writes::Bytes(7),
        Writes::WithinCharacters,
        Writes::WithinLineEnds,
    ];
    for line_end in line_ends {
        for writes in writes {
            for marked in [false, true] {
                let mut reply = reply().line_ends(line_end).writes(writes);
                if marked {
                    reply = reply.byte_order_mark();
                }
                let answer = answer_to(reply).await;
                assert_eq!(answer.text, TEXT, "{line_end:?} {writes:?} {marked}");
                let finish = answer.finish();
                assert_eq!(finish.reason, FinishReason::Stop);
                let usage = finish.usage.expect("a usage");
                assert_eq!(usage.output_tokens, 3, "it is counted once");
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_chunk_is_passed_over() {
    for inserted in [
        ": keep-alive\n\n",
        ":\n",
        "event: ping\ndata:\n\n",
        "event: ping\ndata: {}\n\n",
        "event: ping\ndata: now\n\n",
        "data: {}\n\n",
        "data:\n\n",
        "id: 7\nretry: 10\n\n",
    ] {
        for place in 0..5 {
            let answer = answer_to(reply().insert_after(place, inserted)).await;
            assert_eq!(answer.text, TEXT, "{inserted:?} after {place}");
            answer.finish();
        }
    }
}

#[tokio::test]
async fn data_may_have_several_lines_and_no_space_before_it() {
    let body = "data:{\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"Hi\"}}]}\n\n\
                data:{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
                data:[DONE]\n\n";
    let answer = answer_to(raw(body)).await;
    assert_eq!(answer.text, "Hi");
    answer.finish();
}

#[tokio::test]
async fn the_chunks_of_each_year_are_read() {
    for shape in [ChunkShape::Of2025, ChunkShape::Of2026] {
        let answer = answer_to(reply().chunk_shape(shape)).await;
        assert_eq!(answer.text, TEXT);
        let usage = answer.finish().usage.expect("a usage");
        assert_eq!(usage.output_tokens, 3, "{shape:?}");
    }
}

#[tokio::test]
async fn each_finish_reason_ends_the_answer() {
    for (name, reason) in [
        ("stop", FinishReason::Stop),
        ("length", FinishReason::Length),
        ("content_filter", FinishReason::ContentFilter),
        ("function_call", FinishReason::Other),
        ("something_new", FinishReason::Other),
    ] {
        let answer = answer_to(reply().finish_reason(name)).await;
        assert_eq!(answer.finish().reason, reason, "{name}");
    }
    let answer = answer_to(Reply::new().with_tool_call("find_order", "{}")).await;
    assert_eq!(answer.text, "");
    assert_eq!(answer.finish().reason, FinishReason::Other);
}

#[tokio::test]
async fn a_budget_that_reasoning_uses_up_leaves_no_text() {
    let nothing = Vec::<String>::new;
    for reasoning in [nothing(), vec![String::from("Hm")]] {
        let thoughts = reasoning.len();
        let reply = Reply::new()
            .with_reasoning(reasoning)
            .with_pieces(nothing())
            .finish_reason("length");
        let answer = answer_to(reply).await;
        assert_eq!((answer.text.as_str(), answer.thoughts), ("", thoughts));
        assert_eq!(answer.finish().reason, FinishReason::Length);
    }
}

#[tokio::test]
async fn a_compound_stream_changes_its_names_and_has_no_role() {
    let chunk = |id: &str, rest: &str| {
        format!(
            "data: {{\"id\":\"{id}\",\"object\":\"chat.completion.chunk\",\"created\":{},\
             \"model\":\"groq/compound\",\"system_fingerprint\":null,{rest}}}\n\n",
            id.len(),
        )
    };
    let body = [
        chunk(
            "a",
            "\"choices\":[{\"index\":0,\"delta\":{\"executed_tools\":[{\"index\":0}]}}]",
        ),
        chunk(
            "bb",
            "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]",
        ),
        chunk(
            "stub",
            "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\
             \"x_groq\":{\"usage_breakdown\":{\"models\":[]}}",
        ),
        String::from("data: [DONE]\n\n"),
    ];
    let answer = answer_to(raw(&body.concat())).await;
    assert_eq!(answer.text, "Hi");
    assert_eq!(answer.finish().model.as_deref(), Some("groq/compound"));
}
