diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        password_hash -> Text,
        role -> Text,
        created_at -> Timestamptz,
        disabled_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        family -> Binary,
        generation -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(sessions, users);

diesel::table! {
    tickets (id) {
        id -> Uuid,
        user_id -> Uuid,
        title -> Text,
        description -> Text,
        category -> Nullable<Text>,
        priority -> Text,
        status -> Text,
        assignee_id -> Nullable<Uuid>,
        assistant_enabled -> Bool,
        handoff_reason -> Nullable<Text>,
        handed_off_at -> Nullable<Timestamptz>,
        turns -> Integer,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
        tags -> Array<Text>,
    }
}

diesel::table! {
    messages (id) {
        id -> Uuid,
        ticket_id -> Uuid,
        position -> BigInt,
        author -> Text,
        author_id -> Nullable<Uuid>,
        content -> Text,
        visibility -> Text,
        in_reply_to -> Nullable<Uuid>,
        reply_id -> Nullable<Uuid>,
        is_complete -> Bool,
        sources -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    feedback (message_id) {
        message_id -> Uuid,
        rating -> Text,
        comment -> Nullable<Text>,
        updated_at -> Timestamptz,
    }
}

diesel::joinable!(feedback -> messages (message_id));

diesel::table! {
    replies (id) {
        id -> Uuid,
        ticket_id -> Uuid,
        user_id -> Uuid,
        question_id -> Uuid,
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
        sources -> Jsonb,
        input_tokens -> Nullable<BigInt>,
        output_tokens -> Nullable<BigInt>,
        message_id -> Nullable<Uuid>,
        finish_reason -> Nullable<Text>,
        cancel_reason -> Nullable<Text>,
        cancelled_by -> Nullable<Text>,
        error_code -> Nullable<Text>,
        created_at -> Timestamptz,
        attempt_started_at -> Timestamptz,
        first_token_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
        epoch -> Integer,
        owner -> Uuid,
        lease_until -> Timestamptz,
        handoff_reason -> Nullable<Text>,
        handovers -> Integer,
        trimmed -> Bool,
        prompt_sha256 -> Nullable<Binary>,
    }
}

diesel::table! {
    reply_claims (reply_id, attempt) {
        reply_id -> Uuid,
        attempt -> Integer,
        user_id -> Uuid,
        claimed_at -> Timestamptz,
    }
}

diesel::table! {
    token_spendings (reply_id, attempt) {
        reply_id -> Uuid,
        attempt -> Integer,
        user_id -> Uuid,
        spent_at -> Timestamptz,
        tokens -> BigInt,
    }
}

diesel::table! {
    reply_events (reply_id, sequence) {
        reply_id -> Uuid,
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
        user_id -> Uuid,
        session_id -> Uuid,
        ticket_id -> Uuid,
        expires_at -> Timestamptz,
        reply_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    throttles (key) {
        key -> Binary,
        full_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (user_id, key) {
        user_id -> Uuid,
        key -> Text,
        fingerprint -> Binary,
        made -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    articles (id) {
        id -> Uuid,
        slug -> Text,
        title -> Text,
        body -> Text,
        url -> Nullable<Text>,
        is_published -> Bool,
        origin -> Text,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    prompt_templates (name, version) {
        name -> Text,
        version -> Integer,
        system_part -> Nullable<Text>,
        user_part -> Nullable<Text>,
        author_id -> Uuid,
        created_at -> Timestamptz,
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
        installed_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(tickets, messages, feedback, replies, stream_tokens,);
