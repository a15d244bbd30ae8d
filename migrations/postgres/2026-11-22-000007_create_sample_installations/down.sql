DROP TABLE sample_installations;
