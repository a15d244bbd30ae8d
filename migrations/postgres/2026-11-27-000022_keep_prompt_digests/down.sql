ALTER TABLE replies DROP COLUMN prompt_sha256;
