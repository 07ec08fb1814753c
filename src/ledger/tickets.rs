//! The tickets of requests in flight, in the order of their admission.

use std::collections::VecDeque;

/// A request in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) id: u64,
    /// When it was admitted.
    pub(super) at_ms: u64,
    /// What it reserved.
    pub(super) tokens: u64,
}

/// The requests in flight. Ids grow with time, and all tickets live equally long, so the order of
/// admission is the order of ids and of expiry.
#[derive(Clone, Debug, Default)]
pub(super) struct Tickets {
    /// Each with whether it is open: closed ones stay until they are at the front, or more than half.
    queue: VecDeque<(Open, bool)>,
    closed: usize,
    tokens: u64,
}

impl PartialEq for Tickets {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Tickets {}

impl Tickets {
    pub(super) fn push(&mut self, ticket: Open) {
        self.tokens = self.tokens.saturating_add(ticket.tokens);
        self.queue.push_back((ticket, true));
    }

    /// Closes a ticket; `None` if there is no such.
    pub(super) fn close(&mut self, id: u64) -> Option<Open> {
        let first = self.queue.front()?.0.id;
        // Nearly always none was closed between, and the id says the place.
        let guess = usize::try_from(id.checked_sub(first)?).ok()?;
        let place = match self.queue.get(guess) {
            Some((ticket, _)) if ticket.id == id => guess,
            _ => self.queue.binary_search_by_key(&id, |(ticket, _)| ticket.id).ok()?,
        };
        let (ticket, open) = self.queue.get_mut(place)?;
        if !std::mem::take(open) {
            return None;
        }
        let ticket = *ticket;
        self.tokens = self.tokens.saturating_sub(ticket.tokens);
        self.closed += 1;
        self.tidy();
        Some(ticket)
    }

    /// Closes all tickets that were admitted at `at_ms` or before.
    pub(super) fn expire(&mut self, at_ms: u64) {
        while self.first().is_some_and(|ticket| ticket.at_ms <= at_ms) {
            self.close_first();
        }
    }

    /// Closes the oldest.
    pub(super) fn close_first(&mut self) {
        if let Some((ticket, _)) = self.queue.pop_front() {
            self.tokens = self.tokens.saturating_sub(ticket.tokens);
            self.tidy();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len() - self.closed
    }

    /// What all of them reserved.
    pub(super) const fn tokens(&self) -> u64 {
        self.tokens
    }

    /// The oldest; the front is always open.
    pub(super) fn first(&self) -> Option<&Open> {
        self.queue.front().map(|(ticket, _)| ticket)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Open> {
        self.queue.iter().filter(|(_, open)| *open).map(|(ticket, _)| ticket)
    }

    /// Sees to it that the front is open, and that closed ones are few.
    fn tidy(&mut self) {
        while let Some((_, false)) = self.queue.front() {
            self.queue.pop_front();
            self.closed -= 1;
        }
        if self.queue.len() / 2 < self.closed {
            self.queue.retain(|(_, open)| *open);
            self.closed = 0;
        }
    }
}
