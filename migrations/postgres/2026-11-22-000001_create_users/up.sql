CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (char_length(email) BETWEEN 3 AND 254),
    password_hash text NOT NULL,
    role text NOT NULL CHECK (role IN ('user', 'agent', 'admin')),
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);
