// Written by hand: STRICT tables know INTEGER only, of which these are 64-bit numbers and
// booleans as well.

diesel::table! {
    users (id) {
        id -> Text,
        email -> Text,
        password_hash -> Text,
        role -> Text,
        created_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        user_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        family -> Binary,
        generation -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(sessions, users);

diesel::table! {
    tickets (id) {
        id -> Text,
        user_id -> Text,
        title -> Text,
        description -> Text,
        category -> Nullable<Text>,
        priority -> Text,
        status -> Text,
        assignee_id -> Nullable<Text>,
        assistant_enabled -> Bool,
        handoff_reason -> Nullable<Text>,
        handed_off_at -> Nullable<BigInt>,
        turns -> Integer,
        created_at -> BigInt,
        updated_at -> BigInt,
        version -> BigInt,
        tags -> Text,
    }
}

diesel::table! {
    ticket_tags (tag, ticket_id) {
        tag -> Text,
        ticket_id -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(tickets, ticket_tags);

diesel::table! {
    messages (id) {
        id -> Text,
        ticket_id -> Text,
        position -> BigInt,
        author -> Text,
        author_id -> Nullable<Text>,
        content -> Text,
        visibility -> Text,
        in_reply_to -> Nullable<Text>,
        reply_id -> Nullable<Text>,
        is_complete -> Bool,
        sources -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    feedback (message_id) {
        message_id -> Text,
        rating -> Text,
        comment -> Nullable<Text>,
        updated_at -> BigInt,
    }
}

diesel::joinable!(feedback -> messages (message_id));
diesel::allow_tables_to_appear_in_same_query!(messages, feedback);

diesel::table! {
    replies (id) {
        id -> Text,
        ticket_id -> Text,
        user_id -> Text,
        question_id -> Text,
        attempt -> Integer,
        status -> Text,
        last_sequence -> BigInt,
        restart_sequence -> Nullable<BigInt>,
        restart_reason -> Nullable<Text>,
        text -> Text,
        model -> Text,
        model_served -> Nullable<Text>,
        template_name -> Nullable<Text>,
        template_version -> Nullable<Integer>,
        sources -> Text,
        input_tokens -> Nullable<BigInt>,
        output_tokens -> Nullable<BigInt>,
        message_id -> Nullable<Text>,
        finish_reason -> Nullable<Text>,
        cancel_reason -> Nullable<Text>,
        cancelled_by -> Nullable<Text>,
        error_code -> Nullable<Text>,
        created_at -> BigInt,
        attempt_started_at -> BigInt,
        first_token_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        epoch -> Integer,
        owner -> Text,
        lease_until -> BigInt,
        handoff_reason -> Nullable<Text>,
        handovers -> Integer,
        trimmed -> Bool,
        prompt_sha256 -> Nullable<Binary>,
    }
}

diesel::table! {
    reply_claims (reply_id, attempt) {
        reply_id -> Text,
        attempt -> Integer,
        user_id -> Text,
        claimed_at -> BigInt,
    }
}

diesel::table! {
    token_spendings (reply_id, attempt) {
        reply_id -> Text,
        attempt -> Integer,
        user_id -> Text,
        spent_at -> BigInt,
        tokens -> BigInt,
    }
}

diesel::table! {
    reply_events (reply_id, sequence) {
        reply_id -> Text,
        sequence -> BigInt,
        attempt -> Integer,
        kind -> Text,
        text_end -> BigInt,
        text -> Nullable<Text>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    stream_tokens (digest) {
        digest -> Binary,
        user_id -> Text,
        session_id -> Text,
        ticket_id -> Text,
        expires_at -> BigInt,
        reply_id -> Nullable<Text>,
    }
}

diesel::table! {
    throttles (key) {
        key -> Binary,
        full_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(replies, stream_tokens);

diesel::table! {
    idempotency_keys (user_id, key) {
        user_id -> Text,
        key -> Text,
        fingerprint -> Binary,
        made -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    articles (id) {
        id -> Text,
        slug -> Text,
        title -> Text,
        body -> Text,
        url -> Nullable<Text>,
        is_published -> Bool,
        origin -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    prompt_templates (name, version) {
        name -> Text,
        version -> Integer,
        system_part -> Nullable<Text>,
        user_part -> Nullable<Text>,
        author_id -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    knowledge (id) {
        id -> Integer,
        revision -> BigInt,
    }
}

diesel::table! {
    synonyms (id) {
        id -> Integer,
        groups -> Text,
    }
}

diesel::table! {
    sample_installations (id) {
        id -> Integer,
        installed_at -> BigInt,
    }
}
