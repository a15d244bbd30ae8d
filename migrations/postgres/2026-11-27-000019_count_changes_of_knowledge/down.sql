DROP TABLE knowledge;
