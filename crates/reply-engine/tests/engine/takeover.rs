use std::sync::Arc;

use domain::reply::RestartReason;
use reply_engine::Frame;
use testkit::fakes::ScriptedChatModel;

use crate::world::{DEADLINE, World, next, read, read_to_end};

#[tokio::test(flavor = "multi_thread")]
async fn when_the_owner_dies_a_reader_elsewhere_sees_the_answer_restart() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let (model, gate) = ScriptedChatModel::gated(["lost", "never said"]);
    let (owner, process) = world.mortal_engine(Arc::new(model));
    let heir_model = Arc::new(ScriptedChatModel::replying(["found"]));
    let heir = world.engine(heir_model.clone());

    let mut here = read(&owner, ticket, None).await;
    gate.release(1);
    assert!(matches!(next(&mut here).await, Frame::Created(_)));
    assert!(matches!(next(&mut here).await, Frame::Delta { .. }));
    let mut there = read(&heir, ticket, None).await;
    assert!(matches!(next(&mut there).await, Frame::Created(_)));
    assert!(matches!(next(&mut there).await, Frame::Delta { .. }));

    process.shutdown_background();

    let restarted = next(&mut there).await;
    let Frame::Restarted { position, reason } = restarted else {
        panic!("{restarted:?}")
    };
    assert_eq!((position.attempt, reason), (2, RestartReason::OwnerLost));
    assert_eq!(read_to_end(there).await, ("found".to_owned(), "completed"));
    assert_eq!(heir_model.calls(), 1);
    assert_eq!(world.contents(ticket).await, ["found"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_whose_owners_all_died_fails_instead_of_spinning() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    for _ in 0..2 {
        let (model, _gate) = ScriptedChatModel::gated(["never said"]);
        let model = Arc::new(model);
        let (owner, process) = world.mortal_engine(model.clone());
        let reading = read(&owner, ticket, None).await;
        tokio::time::timeout(DEADLINE, model.until_called(1))
            .await
            .expect("the model is asked");
        drop(reading);
        process.shutdown_background();
    }
    let last = world.engine(Arc::new(ScriptedChatModel::replying(["a third attempt"])));
    let (text, status) = read_to_end(read(&last, ticket, None).await).await;
    assert_eq!((text.as_str(), status), ("", "failed"));
    // Somebody who asks afresh gets the last of three attempts.
    let (text, status) = read_to_end(read(&last, ticket, None).await).await;
    assert_eq!((text.as_str(), status), ("a third attempt", "completed"));
}
