use crate::harness::{MODEL, Received, events};

/// The parts of a stream that differ from run to run.
pub struct Varying {
    id: String,
    created: u64,
    request_id: String,
}

impl Varying {
    pub fn of(received: &Received) -> Self {
        let first = events(&received.text).next().expect("a first chunk");
        Self {
            id: String::from(first["id"].as_str().expect("an id")),
            created: first["created"].as_u64().expect("a time"),
            request_id: String::from(received.header("x-request-id")),
        }
    }

    pub fn chunk(&self, rest: &str) -> String {
        let Self { id, created, .. } = self;
        format!(
            "data: {{\"id\":\"{id}\",\"object\":\"chat.completion.chunk\",\"created\":{created},\
             \"model\":\"{MODEL}\",\"system_fingerprint\":\"fp_9ed7e68509\",{rest}}}\n\n"
        )
    }

    pub fn delta(&self, delta: &str) -> String {
        self.chunk(&format!(
            "\"choices\":[{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\
             \"finish_reason\":null}}]"
        ))
    }

    pub fn role(&self, seed: u64) -> String {
        let delta = "{\"role\":\"assistant\",\"content\":\"\"}";
        let request_id = &self.request_id;
        self.chunk(&format!(
            "\"choices\":[{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\
             \"finish_reason\":null}}],\"x_groq\":{{\"id\":\"{request_id}\",\"seed\":{seed}}}"
        ))
    }

    pub fn finish(&self, usage: &str) -> String {
        let request_id = &self.request_id;
        self.chunk(&format!(
            "\"choices\":[{{\"index\":0,\"delta\":{{}},\"logprobs\":null,\
             \"finish_reason\":\"stop\"}}],\
             \"x_groq\":{{\"id\":\"{request_id}\",\"usage\":{usage}}},\"usage\":{usage}"
        ))
    }
}
