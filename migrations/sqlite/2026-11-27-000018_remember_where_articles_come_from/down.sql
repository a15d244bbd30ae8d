DROP INDEX articles_newest;
ALTER TABLE articles
    ADD COLUMN is_sample INTEGER NOT NULL DEFAULT 0 CHECK (is_sample IN (0, 1));
UPDATE articles SET is_sample = (origin = 'sample');
ALTER TABLE articles DROP COLUMN origin;
