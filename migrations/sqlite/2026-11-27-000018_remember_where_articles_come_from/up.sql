ALTER TABLE articles
    ADD COLUMN origin TEXT NOT NULL DEFAULT 'written'
    CHECK (origin IN ('sample', 'written', 'imported'));
UPDATE articles SET origin = 'sample' WHERE is_sample;
ALTER TABLE articles DROP COLUMN is_sample;
CREATE INDEX articles_newest ON articles (created_at DESC, id DESC);
