//! The contracts of [`ReplyStore`](domain::ports::ReplyStore) and
//! [`ReplyEventLog`](domain::ports::ReplyEventLog), which share their rows.

pub mod cancels;
pub mod claims;
pub mod demands;
pub mod ends;
mod fixtures;
pub mod handoffs;
pub mod handovers;
pub mod leases;
pub mod limits;
pub mod log;
pub mod prompts;
pub mod races;
pub mod retries;
pub mod stops;
pub mod storms;
pub mod takeovers;
pub mod trims;

pub(super) use self::fixtures::{COMPLETED, FAILED, conclusion, request};

/// One test for each promise of `ReplyStore` and `ReplyEventLog`, over an expression that gives
/// fresh [`ReplyStores`](crate::contract::ReplyStores).
#[macro_export]
macro_rules! reply_store_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            replies::claims,
            $stores,
            [
                a_claim_begins_a_reply_and_its_log,
                of_fifty_claims_at_once_one_is_granted,
                a_question_never_gets_a_second_reply,
                the_description_is_the_question_until_the_customer_writes,
                internal_notes_are_no_questions,
                a_question_that_an_agent_answered_is_nothing_to_answer,
                a_closed_or_unknown_ticket_has_nothing_to_answer,
                an_assistant_that_is_off_does_not_begin,
                what_exists_is_answered_though_the_assistant_is_off,
                find_current_follows_the_newest_question,
                an_unknown_reply_is_none,
                a_reply_id_that_exists_conflicts_and_leaves_nothing_behind,
            ]
        );
        $crate::contract_cases!(
            replies::cancels,
            $stores,
            [
                a_second_message_supersedes_a_running_reply,
                a_superseded_reply_makes_way_for_the_next,
                a_handoff_cancels_a_running_reply,
                an_agents_message_cancels_a_running_reply,
                an_internal_note_lets_a_running_reply_go_on,
                an_ended_reply_is_not_cancelled,
                a_cancelled_reply_fences_its_lease,
                the_doorbell_rings_when_a_reply_is_cancelled,
                the_doorbell_is_heard_by_every_listener,
            ]
        );
        $crate::contract_cases!(
            replies::demands,
            $stores,
            [
                a_demand_retries_any_failure,
                a_demand_retries_what_was_cancelled,
                a_demand_goes_beyond_the_attempts_made_unasked,
                a_demand_leaves_what_runs_or_was_answered,
                a_demand_begins_no_reply,
                a_demand_while_the_assistant_is_off_is_told_so,
                a_demand_after_an_agents_answer_has_nothing_to_answer,
                a_demand_keeps_to_the_limits,
                of_many_demands_at_once_one_is_granted,
                a_demand_fences_the_attempt_that_was_cancelled,
                nobody_retries_what_was_cancelled_unasked,
            ]
        );
        $crate::contract_cases!(
            replies::ends,
            $stores,
            [
                every_field_of_a_completed_reply_comes_back,
                times_of_replies_are_exact_to_the_microsecond,
                a_completed_reply_becomes_one_message_and_moves_the_ticket,
                a_reply_to_a_message_names_it,
                finishing_again_is_done_again_and_adds_nothing,
                of_many_finishes_at_once_one_message_comes,
                a_finish_after_a_cancellation_is_fenced_and_leaves_no_message,
                a_finish_with_another_lease_is_fenced,
                an_incomplete_reply_becomes_an_incomplete_message,
                an_answer_that_hands_off_leaves_the_ticket_open,
                a_resolved_ticket_keeps_its_status,
                a_failed_reply_keeps_its_text_and_leaves_no_message,
                a_finish_whose_message_id_exists_leaves_the_reply_running,
                a_text_of_64_kib_with_emoji_is_kept,
            ]
        );
        $crate::contract_cases!(
            replies::handoffs,
            $stores,
            [
                every_reason_is_kept_with_the_ticket_and_the_reply,
                a_handoff_is_logged_in_front_of_the_end,
                a_quota_that_is_used_up_cancels_and_hands_off,
                a_model_that_is_down_hands_off_with_the_last_attempt,
                a_host_that_refuses_hands_off_at_once,
                another_failure_hands_nothing_off,
                a_demand_takes_back_what_was_handed_off_for_want_of_means,
                answers_are_counted_with_the_ticket,
            ]
        );
        $crate::contract_cases!(
            replies::handovers,
            $stores,
            [
                a_reply_that_is_handed_over_is_queued,
                what_was_handed_over_is_taken_over_at_once,
                a_hand_over_counts_as_no_attempt,
                a_hand_over_leaves_the_retries_of_a_failure,
                a_hand_over_fences_its_lease,
                an_append_that_was_stored_stays_appended_after_a_hand_over,
                void_leases_hand_nothing_over,
                one_void_lease_does_not_keep_others_from_being_handed_over,
                a_lease_that_nobody_took_over_is_still_handed_over,
                a_queued_reply_is_what_exists,
                a_queued_reply_counts_as_running,
                a_message_supersedes_a_queued_reply,
                the_doorbell_rings_when_a_reply_is_handed_over,
            ]
        );
        $crate::contract_cases!(
            replies::leases,
            $stores,
            [
                a_lease_runs_out_unless_it_is_renewed,
                a_renewed_lease_is_not_taken_over,
                a_lease_that_nobody_took_over_is_still_its_holders,
                a_lease_that_was_taken_over_does_not_come_back,
                the_lease_of_an_ended_reply_does_not_come_back,
                one_void_lease_does_not_keep_others_from_being_renewed,
            ]
        );
        $crate::contract_cases!(
            replies::limits,
            $stores,
            [
                a_minute_takes_only_so_many_generations,
                retries_count_towards_the_minute,
                only_so_many_replies_run_at_once,
                many_claims_at_once_keep_to_the_limit,
                limits_do_not_stand_against_what_exists,
                limits_are_each_owners_own,
            ]
        );
        $crate::contract_cases!(
            replies::log,
            $stores,
            [
                events_come_back_in_order_behind_a_number,
                deltas_of_64_kib_with_emoji_are_kept,
                an_unknown_reply_has_no_events,
                an_append_of_another_epoch_or_owner_is_fenced,
                one_fenced_reply_does_not_keep_the_others_out,
                appending_again_adds_nothing,
                an_append_that_was_stored_stays_appended_after_the_end,
                an_append_with_a_gap_is_fenced,
                another_text_under_a_number_that_exists_is_fenced,
                many_replies_are_appended_to_at_once,
                replies_in_one_batch_are_answered_in_order,
            ]
        );
        $crate::contract_cases!(
            replies::races,
            $stores,
            [
                of_ends_stops_and_hand_overs_at_once_one_ends_the_reply,
                a_cancelled_text_is_what_was_appended,
                a_queued_log_is_what_was_appended,
                each_reply_that_is_handed_over_is_taken_over_once,
                trims_leave_the_logs_of_what_is_retried_at_once,
            ]
        );
        $crate::contract_cases!(
            replies::prompts,
            $stores,
            [
                a_running_reply_tells_from_what_its_prompt_was_made,
                a_cancelled_reply_keeps_from_what_its_prompt_was_made,
                void_leases_record_nothing,
                the_next_attempt_forgets_the_prompt_of_the_one_before,
            ]
        );
        $crate::contract_cases!(
            replies::retries,
            $stores,
            [
                a_failed_reply_gets_three_attempts,
                a_retry_gives_up_what_was_before,
                the_text_is_that_of_the_last_attempt,
                of_many_retries_at_once_one_is_granted,
                a_failure_that_no_retry_mends_stays,
                without_leave_to_retry_a_failure_stays,
                a_failure_stays_while_the_assistant_is_off,
                only_failures_are_retried,
                a_retry_fences_the_attempt_before_it,
            ]
        );
        $crate::contract_cases!(
            replies::stops,
            $stores,
            [
                a_stopped_reply_keeps_the_text_logged_so_far,
                a_stopped_reply_keeps_the_text_of_its_last_attempt,
                stopping_again_changes_nothing,
                a_reply_that_has_ended_is_not_stopped,
                a_question_without_a_reply_has_nothing_to_stop,
                a_stop_leaves_other_tickets_replies_running,
                a_stopped_reply_fences_its_lease,
                a_reply_that_waits_for_a_process_is_stopped_too,
                of_many_stops_at_once_one_ends_the_reply,
                the_doorbell_rings_when_a_reply_is_stopped,
            ]
        );
        $crate::contract_cases!(
            replies::storms,
            $stores,
            [a_storm_leaves_every_reply_whole,]
        );
        $crate::contract_cases!(
            replies::takeovers,
            $stores,
            [
                a_live_lease_is_not_taken_over,
                an_expired_lease_is_taken_over_by_a_restart,
                one_of_eight_callers_takes_over,
                a_takeover_takes_as_many_as_it_asks_for,
                a_takeover_fences_the_lost_owner,
                the_second_takeover_fails_the_reply_as_interrupted,
                the_doorbell_rings_when_a_takeover_fails_a_reply,
                an_interrupted_reply_fences_its_lost_owner,
                an_interrupted_reply_is_retried_on_demand,
            ]
        );
        $crate::contract_cases!(
            replies::trims,
            $stores,
            [
                a_trimmed_reply_loses_its_events_but_not_its_row,
                the_log_of_a_running_reply_is_not_trimmed,
                a_reply_that_ended_later_is_not_trimmed,
                a_trim_takes_as_many_as_it_asks_for,
                of_many_trims_at_once_each_reply_is_counted_once,
                a_trimmed_reply_that_is_retried_logs_on,
                finishing_again_after_a_trim_is_done_again,
            ]
        );
    };
}
