-- The sources of the reply that became the message, which are read with every page of messages.
ALTER TABLE messages ADD COLUMN sources jsonb NOT NULL DEFAULT '[]'
    CHECK (jsonb_typeof(sources) = 'array');
UPDATE messages SET sources = replies.sources FROM replies WHERE replies.id = messages.reply_id;
