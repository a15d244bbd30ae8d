DROP INDEX feedback_by_age;
DROP TABLE feedback;
