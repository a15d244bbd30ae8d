use std::future::poll_fn;

use adapters_postgres::PgReplyEventLog;
use domain::ports::{AppendOutcome, Appending, ReplyEventLog as _};
use futures_util::{FutureExt as _, StreamExt as _};
use testkit::postgres_wire_filter::PostgresWireFilter;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_postgres::{AsyncMessage, Client, NoTls};

use crate::doorbell::{listening, next};
use crate::fixtures::{behind, delta, running_in, server_of};
use crate::{Scratch, open};

/// A database, and a way to it on which all notifications get lost.
async fn filtered() -> Option<(Scratch, PostgresWireFilter)> {
    let scratch = Scratch::new().await?;
    let server = server_of(scratch.url()).await?;
    let filter = PostgresWireFilter::start(server).await.expect("a filter");
    Some((scratch, filter))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filter_loses_notifications_and_nothing_else() {
    let Some((scratch, filter)) = filtered().await else {
        return;
    };
    let proxied = behind(filter.address(), scratch.url());
    for (url, is_filtered) in [(scratch.url(), false), (&proxied, true)] {
        let (client, mut heard) = connected(url).await;
        let notified = client.batch_execute("LISTEN rings; NOTIFY rings, 'lost'");
        notified.await.expect("notified");
        // A server that listens to itself answers in order, so it is here by now if it comes.
        let row = client.query_one("SELECT repeat('x', 1000000)", &[]).await;
        let text: String = row.expect("answered").get(0);
        assert_eq!(text.len(), 1_000_000);
        let payload = heard.try_recv().ok();
        let expected = (!is_filtered).then(|| "lost".to_owned());
        assert_eq!(payload, expected);
        assert_eq!(filter.dropped(), u64::from(is_filtered));
        client
            .batch_execute("SELECT no_thing")
            .await
            .expect_err("no such column");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_hears_no_ring_reads_the_log_all_the_same() {
    let Some((scratch, filter)) = filtered().await else {
        return;
    };
    let here = scratch.migrated().await;
    let (_, lease) = running_in(&here, 1).await;
    let deaf = PgReplyEventLog::new(open(&behind(filter.address(), scratch.url())));
    let mut unheard = deaf.doorbell();
    let hearing = PgReplyEventLog::new(scratch.open());
    let mut heard = hearing.doorbell();
    listening(&scratch, 2).await;

    let events = vec![delta(1, "Hello")];
    let batch = [Appending {
        lease,
        events: events.clone(),
    }];
    let outcomes = PgReplyEventLog::new(here).append(&batch).await;
    assert_eq!(outcomes.expect("answered"), [AppendOutcome::Appended]);
    assert_eq!(next(&mut heard).await.reply_id, lease.reply_id);
    let lost = async {
        while filter.dropped() == 0 {
            tokio::task::yield_now().await;
        }
    };
    let lost = tokio::time::timeout(crate::doorbell::DEADLINE, lost).await;
    lost.expect("the ring is lost");
    assert_eq!(unheard.next().now_or_never(), None);
    let read = deaf.read(lease.reply_id, Some(0), 10).await;
    assert_eq!(read.expect("read"), events);
}

/// A connection and the payloads of its notifications.
async fn connected(url: &str) -> (Client, UnboundedReceiver<String>) {
    let connected = tokio_postgres::connect(url, NoTls).await;
    let (client, mut connection) = connected.expect("connected");
    let (sender, heard) = unbounded_channel();
    Handle::current().spawn(async move {
        while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notification) = message {
                // The test may be over.
                drop(sender.send(notification.payload().to_owned()));
            }
        }
    });
    (client, heard)
}
