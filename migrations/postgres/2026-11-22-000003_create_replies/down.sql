DROP TABLE reply_claims;
DROP TABLE replies;
