use domain::handoff::HandoffReason;
use domain::ids::MessageId;
use domain::reply::{Ending, EventId, FinishReason, Position, ReplyState, Restart, RestartReason};
use uuid::Uuid;

use super::*;
use crate::fixtures::running_reply;

/// A reply whose log holds these texts, ended or not.
fn log_of(texts: &[&str], ended: bool) -> (Log, Vec<Position>) {
    let reply = running_reply();
    let mut position = Position {
        attempt: 1,
        sequence: 0,
        offset: 0,
    };
    let mut positions = vec![position];
    let mut log = Log::unread(Arc::new(reply.clone()));
    log.push(LoggedEvent {
        position,
        kind: EventKind::Created,
    });
    for text in texts {
        position.sequence += 1;
        position.offset += text.len();
        positions.push(position);
        log.push(LoggedEvent {
            position,
            kind: EventKind::Delta((*text).to_owned()),
        });
    }
    if ended {
        let mut reply = reply;
        position.sequence += 1;
        positions.push(position);
        reply.last_sequence = position.sequence;
        reply.text = texts.concat();
        reply.state = ReplyState::Ended(Ending::Completed {
            message_id: MessageId::from_uuid(Uuid::from_u128(4)),
            finish_reason: FinishReason::Stop,
        });
        log.push(LoggedEvent {
            position,
            kind: EventKind::Ended,
        });
        log.reply = Arc::new(reply);
    }
    (log, positions)
}

fn cursor(log: &Log, position: Position) -> Cursor {
    Cursor::Event(EventId {
        reply_id: log.reply.id,
        position,
    })
}

fn text_of(frames: &VecDeque<Frame>) -> String {
    frames
        .iter()
        .filter_map(|frame| match frame {
            Frame::Delta { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

const TEXTS: [&str; 5] = ["Grüße", " 🚀", "\u{2028}", "a\r\nb", "data: [DONE]\n\n"];

#[test]
fn behind_each_event_exactly_the_rest_of_the_text_is_missing() {
    for ended in [false, true] {
        let (log, positions) = log_of(&TEXTS, ended);
        let whole = TEXTS.concat();
        for position in positions.iter().take(TEXTS.len() + 1) {
            let missing = text_of(&log.backlog(Some(cursor(&log, *position))));
            assert_eq!(
                Some(missing.as_str()),
                whole.get(position.offset..),
                "{position:?}"
            );
            let by_number = Some(Cursor::Sequence(position.sequence));
            assert_eq!(text_of(&log.backlog(by_number)), missing, "{position:?}");
        }
    }
}

#[test]
fn a_log_known_by_its_row_alone_resumes_by_offset() {
    let (log, positions) = log_of(&TEXTS, true);
    let stored = Log::of_ended(Arc::clone(&log.reply), Vec::new());
    for position in positions {
        let cursor = Some(cursor(&log, position));
        assert_eq!(stored.is_finished_for(cursor), log.is_finished_for(cursor));
        assert_eq!(
            text_of(&stored.backlog(cursor)),
            text_of(&log.backlog(cursor))
        );
    }
}

#[test]
fn an_offset_inside_a_character_is_no_place() {
    let (log, _) = log_of(&TEXTS, false);
    let inside = Position {
        attempt: 1,
        sequence: 1,
        offset: 3,
    };
    assert!(
        !log.text.is_char_boundary(3),
        "the test needs such an offset"
    );
    let frames = log.backlog(Some(cursor(&log, inside)));
    assert!(
        matches!(frames.front(), Some(Frame::Snapshot { .. })),
        "{frames:?}"
    );
}

#[test]
fn an_earlier_attempt_is_told_to_discard() {
    let (mut log, positions) = log_of(&TEXTS, false);
    let position = Position {
        attempt: 2,
        sequence: 6,
        offset: 0,
    };
    log.push(LoggedEvent {
        position,
        kind: EventKind::Restarted(RestartReason::OwnerLost),
    });
    let end = Position {
        attempt: 2,
        sequence: 7,
        offset: 3,
    };
    log.push(LoggedEvent {
        position: end,
        kind: EventKind::Delta("new".to_owned()),
    });
    for old in positions {
        let frames = log.backlog(Some(cursor(&log, old)));
        assert!(
            matches!(frames.front(), Some(Frame::Restarted { .. })),
            "{frames:?}"
        );
        assert_eq!(text_of(&frames), "new");
    }
}

#[test]
fn what_gathered_for_a_slow_reader_is_merged() {
    let (log, _) = log_of(&TEXTS, true);
    let (frames, _) = log.frames_from(2);
    assert_eq!(text_of(&frames), TEXTS[1..].concat());
    assert_eq!(frames.len(), 2, "one delta and the end");
}

#[test]
fn events_are_taken_in_once_and_in_order() {
    let (log, _) = log_of(&TEXTS, false);
    let live = LiveReply::new(Arc::clone(&log.reply));
    live.publish(log.events[..3].to_vec(), None);
    live.publish(log.events[1..].to_vec(), None);
    live.publish(log.events.clone(), None);
    assert_eq!(text_of(&live.frames_since(0).0), TEXTS.concat());
}

#[test]
fn a_restart_that_reuses_lost_numbers_discards_the_text() {
    let (log, _) = log_of(&TEXTS, false);
    let live = LiveReply::new(Arc::clone(&log.reply));
    live.publish(log.events.clone(), None);
    let (_, next) = live.frames_since(0);

    let mut head = Reply::clone(&log.reply);
    head.attempt = 2;
    head.restart = Some(Restart {
        sequence: 2,
        reason: RestartReason::OwnerLost,
    });
    live.restart(&head);
    live.restart(&head);
    let position = Position {
        attempt: 2,
        sequence: 3,
        offset: 3,
    };
    live.publish(
        vec![LoggedEvent {
            position,
            kind: EventKind::Delta("new".to_owned()),
        }],
        None,
    );

    let (frames, _) = live.frames_since(next);
    assert!(
        matches!(frames.front(), Some(Frame::Restarted { .. })),
        "{frames:?}"
    );
    assert_eq!((frames.len(), text_of(&frames).as_str()), (2, "new"));
    assert_eq!(text_of(&live.subscribe(None).backlog), "new");
}

#[test]
fn a_reader_far_behind_takes_the_text_in_turns() {
    let piece = "x".repeat(1_000);
    let texts = vec![piece.as_str(); 100];
    let (log, _) = log_of(&texts, true);
    let (mut next, mut turns, mut text) = (0, 0, String::new());
    loop {
        let (frames, after) = log.frames_from(next);
        if frames.is_empty() {
            break;
        }
        let turn = text_of(&frames);
        assert!(turn.len() <= 17_000, "{} bytes in one turn", turn.len());
        text.push_str(&turn);
        (next, turns) = (after, turns + 1);
    }
    assert_eq!(text, texts.concat());
    assert!(turns > 5, "{turns} turns");
}

/// A reply whose end came with a handoff.
fn handed_off(texts: &[&str]) -> (Log, Vec<Position>) {
    let (log, mut positions) = log_of(texts, true);
    let mut reply = Reply::clone(&log.reply);
    reply.handoff = Some(HandoffReason::Requested);
    reply.last_sequence += 1;
    let mut known = log_of(texts, false).0;
    for event in crate::frame::ending(&reply) {
        if event.kind == EventKind::Ended {
            positions.push(event.position);
        }
        known.push(event);
    }
    known.reply = Arc::new(reply);
    (known, positions)
}

#[test]
fn a_handoff_is_told_once_in_front_of_the_end() {
    for texts in [TEXTS.as_slice(), &[]] {
        let (log, positions) = handed_off(texts);
        let stored = Log::of_ended(Arc::clone(&log.reply), Vec::new());
        let (end, before_end) = positions.split_last().expect("an end");
        let (handoff, _) = before_end.split_last().expect("a handoff");
        for log in [&log, &stored] {
            for position in before_end {
                let frames = log.backlog(Some(cursor(log, *position)));
                assert!(!log.is_finished_for(Some(cursor(log, *position))));
                assert!(matches!(frames.back(), Some(Frame::Ended(_))));
                let told = frames.iter().find_map(|frame| match frame {
                    Frame::HandedOff { position, reason } => Some((*position, *reason)),
                    _ => None,
                });
                let expected =
                    (position != handoff).then_some((*handoff, HandoffReason::Requested));
                assert_eq!(told, expected, "{position:?}");
                assert_eq!(
                    Some(text_of(&frames).as_str()),
                    texts.concat().get(position.offset..)
                );
            }
            assert!(log.is_finished_for(Some(cursor(log, *end))));
            // The numbers of the last two tell as much as their ids.
            let by_number = log.backlog(Some(Cursor::Sequence(handoff.sequence)));
            assert_eq!(by_number.len(), 1, "{by_number:?}");
            assert!(log.is_finished_for(Some(Cursor::Sequence(end.sequence))));
        }
        let (frames, _) = log.frames_from(texts.len() + 1);
        let frames: Vec<_> = frames.into_iter().collect();
        assert!(
            matches!(
                frames.as_slice(),
                [Frame::HandedOff { .. }, Frame::Ended(_)]
            ),
            "{frames:?}"
        );
        let snapshot = log.backlog(Some(Cursor::Unusable));
        assert_eq!(snapshot.len(), 3, "{snapshot:?}");
    }
}

#[test]
fn a_handoff_that_was_taken_back_is_not_told_any_more() {
    let (mut log, _) = handed_off(&["People will answer."]);
    let sequence = log.reply.last_sequence + 1;
    let mut running = Reply::clone(&log.reply);
    running.state = ReplyState::Streaming;
    running.handoff = None;
    log.reply = Arc::new(running);
    log.push(LoggedEvent {
        position: Position {
            attempt: 2,
            sequence,
            offset: 0,
        },
        kind: EventKind::Restarted(RestartReason::Retry),
    });
    let (frames, _) = log.frames_from(0);
    assert!(
        !frames
            .iter()
            .any(|frame| matches!(frame, Frame::HandedOff { .. } | Frame::Ended(_))),
        "{frames:?}"
    );
}
