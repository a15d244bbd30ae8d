DROP INDEX articles_newest;
ALTER TABLE articles ADD COLUMN is_sample boolean;
UPDATE articles SET is_sample = (origin = 'sample');
ALTER TABLE articles
    ALTER COLUMN is_sample SET NOT NULL,
    DROP COLUMN origin;
