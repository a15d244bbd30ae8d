# Short names for the commands that README.md spells out.

# Serve the product
run:
    cargo run

# Run every test
test:
    cargo test --workspace

# What a change has to pass
ci:
    .ci/run

# A local stand-in for Groq's API
simulator *ARGS:
    cargo run -p groq-simulator -- {{ARGS}}

# Write the API's description anew
openapi:
    cargo run --quiet -- openapi > docs/openapi.json

# Measure the server and write docs/BENCHMARKS.md
bench *ARGS="all":
    cargo run --release -p bench -- {{ARGS}}
