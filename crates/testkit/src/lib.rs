pub mod contract;
pub mod fakes;
pub mod fault_proxy;
pub mod postgres;
pub mod slow_upstream;
