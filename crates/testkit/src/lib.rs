pub mod contract;
pub mod fakes;
pub mod slow_upstream;
