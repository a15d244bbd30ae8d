DROP INDEX untrimmed_replies;
ALTER TABLE replies DROP COLUMN trimmed, DROP COLUMN handovers;
