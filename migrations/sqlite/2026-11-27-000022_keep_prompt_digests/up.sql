-- What a reply's prompt was, in short.
ALTER TABLE replies ADD COLUMN prompt_sha256 BLOB CHECK (length(prompt_sha256) = 32);
