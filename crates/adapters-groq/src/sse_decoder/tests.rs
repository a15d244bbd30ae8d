use proptest::prelude::*;

use super::{SseDecoder, SseEvent, TooLarge};

/// What a whole stream is read as.
type Reading = (Vec<SseEvent>, Result<Option<SseEvent>, TooLarge>);

fn read(pieces: &[&[u8]], max_bytes: usize) -> Reading {
    let mut decoder = SseDecoder::with_max_bytes(max_bytes);
    let mut events = Vec::new();
    for piece in pieces {
        if let Err(error) = decoder.push(piece, &mut events) {
            return (events, Err(error));
        }
    }
    (events, Ok(decoder.finish()))
}

fn events(stream: &str) -> Vec<SseEvent> {
    read(&[stream.as_bytes()], 1024).0
}

fn event(name: &str, data: &str) -> SseEvent {
    SseEvent {
        name: String::from(name),
        data: String::from(data),
    }
}

#[test]
fn each_kind_of_line_end_separates_lines_and_events() {
    let expected = [event("", "one"), event("", "two\nthree")];
    for end in ["\n", "\r\n", "\r"] {
        let stream = "data: one\n\ndata: two\ndata: three\n\n".replace('\n', end);
        assert_eq!(events(&stream), expected, "{end:?}");
    }
}

#[test]
fn a_line_feed_that_comes_later_than_its_carriage_return_ends_no_line() {
    let (events, _) = read(&[b"data: one\r", b"\ndata: two\r", b"", b"\n\r\n"], 1024);
    assert_eq!(events, [event("", "one\ntwo")]);
}

#[test]
fn comments_and_unknown_fields_are_no_events() {
    let stream = ": hello\n\nid: 1\nretry: 5\nnothing\n:\ndata: one\n\nevent: ping\n\n";
    assert_eq!(events(stream), [event("", "one")]);
}

#[test]
fn a_byte_order_mark_is_skipped_at_the_start_only() {
    let stream = "\u{feff}data: one\n\n\u{feff}data: two\n\n";
    assert_eq!(events(stream), [event("", "one")]);
}

#[test]
fn one_space_after_the_colon_is_not_part_of_the_value() {
    let stream = "event: a\ndata:one\ndata:  two\ndata\n\nevent:b\ndata:\n\n";
    assert_eq!(events(stream), [event("a", "one\n two\n"), event("b", "")]);
}

#[test]
fn a_name_lasts_for_one_event() {
    let stream = "event: error\n\ndata: one\n\n";
    assert_eq!(events(stream), [event("", "one")]);
}

#[test]
fn unicode_line_separators_end_no_line() {
    let stream = "data: a\u{2028}b\u{85}c\u{b}d\n\n";
    assert_eq!(events(stream), [event("", "a\u{2028}b\u{85}c\u{b}d")]);
}

#[test]
fn bytes_that_are_not_utf_8_are_replaced() {
    let (events, _) = read(&[b"data: a\xffb\n\n"], 1024);
    assert_eq!(events, [event("", "a\u{fffd}b")]);
}

#[test]
fn the_last_event_is_handed_out_without_an_empty_line() {
    for rest in ["data: two", "data: two\n"] {
        let (events, last) = read(&[b"data: one\n\n", rest.as_bytes()], 1024);
        assert_eq!(events, [event("", "one")]);
        assert_eq!(last, Ok(Some(event("", "two"))));
    }
    assert_eq!(read(&[b"data: one\n\n"], 1024).1, Ok(None));
}

#[test]
fn a_line_that_is_too_large_is_an_error_after_the_events_before_it() {
    let (events, end) = read(&[b"data: one\n\n: 4567890", b"12"], 10);
    assert_eq!(events, [event("", "one")]);
    assert_eq!(end, Err(TooLarge));
}

#[test]
fn an_event_that_is_too_large_is_an_error_though_its_lines_are_not() {
    let (events, end) = read(
        &[b"data: 123\ndata: 456\n\ndata: 123\ndata: 4567\ndata: 89\n\n"],
        10,
    );
    assert_eq!(events, [event("", "123\n456")]);
    assert_eq!(end, Err(TooLarge));
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "(data|event|id|retry|): ?[a:é\u{2028}😀\u{feff} ]{0,6}",
        1 => "data|event|x",
        3 => Just(String::new()),
    ]
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
    let lines = prop::collection::vec((line(), end), 0..12);
    (any::<bool>(), lines, "(data: ?[é😀]{0,3})?").prop_map(|(marked, lines, rest)| {
        let mut stream = String::from(if marked { "\u{feff}" } else { "" });
        stream.extend(
            lines
                .into_iter()
                .flat_map(|(line, end)| [line, String::from(end)]),
        );
        stream.push_str(&rest);
        stream.into_bytes()
    })
}

proptest! {
    #[test]
    fn every_split_of_a_stream_gives_the_same_events(
        stream in stream(),
        max_bytes in prop_oneof![Just(12_usize), Just(1024)],
    ) {
        let whole = read(&[&stream], max_bytes);
        for middle in 0..=stream.len() {
            let (head, tail) = stream.split_at(middle);
            prop_assert_eq!(&read(&[head, tail], max_bytes), &whole, "split at {}", middle);
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        prop_assert_eq!(&read(&bytes, max_bytes), &whole);
    }
}
