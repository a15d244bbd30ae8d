-- A text without accents and with spaces for signs, so that `e-mail` and `ada@example.com` are the
-- words that people type and not tokens of their own. What is indexed has a bound, since no answer
-- should fail for its length. Accents are known in UTF-8 only.
DO $do$
BEGIN
    IF getdatabaseencoding() = 'UTF8' THEN
        CREATE FUNCTION search_words(content text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT translate(
                regexp_replace(normalize(left(content, 50000), NFKD), '[\u0300-\u036f]', '', 'g'),
                '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~',
                '                                '
            )
        $$;
    ELSE
        CREATE FUNCTION search_words(content text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT translate(
                left(content, 50000),
                '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~',
                '                                '
            )
        $$;
    END IF;
END
$do$;

-- Words that follow each other, in whatever form.
CREATE FUNCTION search_term(content text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT phraseto_tsquery('english', search_words(content))
$$;

-- Words that follow each other as they are, of which the last may go on.
CREATE FUNCTION search_beginning(content text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN numnode(words) > 0 THEN (words::text || ':*')::tsquery ELSE words END
    FROM (SELECT phraseto_tsquery('simple', search_words(content))) AS t (words)
$$;

-- Titles, descriptions and public messages. Stems, by which `refund` finds `refunds`, and the words
-- as they are, by which `shippi` finds `shipping`.
CREATE TABLE search_texts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    message_id uuid UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    stems tsvector NOT NULL,
    words tsvector NOT NULL
);

CREATE INDEX search_texts_by_ticket ON search_texts (ticket_id);

CREATE FUNCTION index_text(ticket uuid, message uuid, weight "char", content text) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO search_texts (ticket_id, message_id, stems, words)
    SELECT
        ticket, message,
        setweight(to_tsvector('english', words), weight),
        to_tsvector('simple', words)
    FROM (SELECT search_words(content)) AS t (words)
$$;

-- How well a ticket fits any of the terms, in millionths; words in titles count ten times.
CREATE FUNCTION search_score(ticket uuid, contents text[]) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT round(coalesce(sum(ts_rank(stems, query, 1)), 0) * 1000000)::bigint
    FROM search_texts, unnest(contents) AS content, search_term(content) AS query
    WHERE ticket_id = ticket AND stems @@ query
$$;

DO $$
BEGIN
    PERFORM index_text(id, NULL, 'A', title), index_text(id, NULL, 'D', description) FROM tickets;
    PERFORM index_text(ticket_id, id, 'D', content) FROM messages WHERE visibility = 'public';
END
$$;

-- It is made here, since to fill it row by row takes longer.
CREATE INDEX search_texts_by_word ON search_texts USING gin (stems, words);

CREATE FUNCTION index_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM search_texts WHERE ticket_id = NEW.id AND message_id IS NULL;
    END IF;
    PERFORM index_text(NEW.id, NULL, 'A', NEW.title);
    PERFORM index_text(NEW.id, NULL, 'D', NEW.description);
    RETURN NULL;
END
$$;

CREATE TRIGGER index_new_ticket AFTER INSERT ON tickets
FOR EACH ROW EXECUTE FUNCTION index_ticket();

CREATE TRIGGER index_changed_ticket AFTER UPDATE OF title, description ON tickets
FOR EACH ROW
WHEN (OLD.title IS DISTINCT FROM NEW.title OR OLD.description IS DISTINCT FROM NEW.description)
EXECUTE FUNCTION index_ticket();

CREATE FUNCTION index_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM index_text(NEW.ticket_id, NEW.id, 'D', NEW.content);
    RETURN NULL;
END
$$;

CREATE TRIGGER index_new_message AFTER INSERT ON messages
FOR EACH ROW WHEN (NEW.visibility = 'public') EXECUTE FUNCTION index_message();
