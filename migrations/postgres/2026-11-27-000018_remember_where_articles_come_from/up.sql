ALTER TABLE articles
    ADD COLUMN origin text CHECK (origin IN ('sample', 'written', 'imported'));
UPDATE articles SET origin = CASE WHEN is_sample THEN 'sample' ELSE 'written' END;
ALTER TABLE articles
    ALTER COLUMN origin SET NOT NULL,
    DROP COLUMN is_sample;
CREATE INDEX articles_newest ON articles (created_at DESC, id DESC);
