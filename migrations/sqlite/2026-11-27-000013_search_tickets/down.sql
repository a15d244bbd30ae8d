DROP TRIGGER index_new_message;
DROP TRIGGER index_changed_ticket;
DROP TRIGGER index_new_ticket;
DROP TABLE search_texts;
DROP TABLE search_words;
DROP TABLE search_stems;
