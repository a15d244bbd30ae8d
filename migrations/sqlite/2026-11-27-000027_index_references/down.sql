DROP INDEX replies_by_user;
DROP INDEX messages_by_author;
DROP INDEX messages_by_reference;
