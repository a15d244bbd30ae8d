-- The sources of the reply that became the message, which are read with every page of messages.
ALTER TABLE messages ADD COLUMN sources TEXT NOT NULL DEFAULT '[]'
    CHECK (json_type(sources) = 'array');
UPDATE messages SET sources = (SELECT sources FROM replies WHERE replies.id = messages.reply_id)
WHERE reply_id IS NOT NULL;
