DROP INDEX untrimmed_replies;
ALTER TABLE replies DROP COLUMN trimmed;
ALTER TABLE replies DROP COLUMN handovers;
