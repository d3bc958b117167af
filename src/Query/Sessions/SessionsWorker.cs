using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using Cairn.Query.Turns;

namespace Cairn.Query.Sessions;

/// <summary>Cuts the events of the people of some shards into sessions and counts them. Each thread has its own.</summary>
sealed class SessionsWorker
{
    readonly SessionsPlan plan;
    readonly StepScan scan;
    readonly SessionNumbers numbers;
    readonly RowFilter? firstFilter;
    readonly BreakdownColumns breakdowns;
    readonly SessionsWatch? watch;
    readonly ReportMemory memory;
    readonly long longestMs;
    readonly uint wanted;

    /// <summary>Whether a session counts whatever its first event carries.</summary>
    readonly bool isPlain;
    int[] sessions = [], firstRows = [], activeRows = [];
    Session[] found = [];
    int foundCount;

    public SessionsWorker(SessionsPlan plan, IReadOnlySet<string>? chosen, ReportMemory memory, SessionsWatch? watch)
    {
        (this.plan, this.memory, this.watch) = (plan, memory, watch);
        scan = new(plan.Conditions, plan.RowFilter);
        numbers = new(plan.Switches, plan.Definition.Project.Zone);
        firstFilter = plan.FirstFilter is { } filter ? RowFilter.Of(filter) : null;
        breakdowns = new(plan.Breakdowns, plan.Definition.Switches.MissingKey, memory);
        Tally = new(plan, breakdowns, chosen, memory);
        longestMs = plan.Switches.Long == LongSessions.LeftOut ? (long)plan.Switches.MaxLength.TotalMilliseconds : long.MaxValue;
        wanted = plan.Definition.Events.Count == 0 ? 0 : SessionsPlan.Wanted;
        isPlain = firstFilter is null && breakdowns.Count == 0;
    }

    public SessionTally Tally { get; }

    /// <summary>The sessions behind the number that is watched.</summary>
    public List<WatchedSession> Watched { get; } = [];

    /// <summary>Codes of the persons with any event behind it.</summary>
    public HashSet<int> WatchedUsers { get; } = [];

    public void Work(JourneyShard shard)
    {
        var matches = scan.Match(shard, plan.ScanRange);
        if (sessions.Length < matches.RowCount) sessions = new int[matches.RowCount];
        numbers.Fill(shard.Columns, matches.Starts, matches.Rows, matches.Times, sessions.AsSpan(0, matches.RowCount));
        var nameCount = shard.Columns.Events.Pool.Count;
        foundCount = 0;
        for (var place = 0; place < matches.PersonCount; place++)
        {
            shard.Columns.PauseAt(place);
            Gather(matches, place);
            if (!isPlain) continue;
            // While they are still at hand.
            for (var i = 0; i < foundCount; i++) Count(shard, matches, found[i], Tally.Whole, nameCount);
            foundCount = 0;
        }
        if (!isPlain) CountByValue(shard, matches, nameCount);
        if (plan.CountsActive) CountActive(shard, matches);
    }

    /// <summary>Finds a person's sessions that count, with their first and last event.</summary>
    void Gather(StepMatches matches, int place)
    {
        var first = foundCount;
        var (start, end) = (matches.Starts[place], matches.Starts[place + 1]);
        if (found.Length < first + end - start) Array.Resize(ref found, Math.Max(first + end - start, 2 * found.Length));
        var masks = matches.Masks;
        for (var i = start; i < end; i++)
        {
            if (sessions[i] < 0) continue;
            var index = first + sessions[i];
            ref var session = ref found[index];
            if (index == foundCount)
            {
                foundCount++;
                session = new() { Place = matches.Places[place], First = i };
            }
            session.Last = i;
            session.Events++;
            session.Marks |= masks[i];
        }
        KeepThoseThatCount(matches, first);
    }

    void KeepThoseThatCount(StepMatches matches, int first)
    {
        var times = matches.Times;
        var kept = first;
        for (var i = first; i < foundCount; i++)
        {
            ref var session = ref found[i];
            var startMs = times[session.First];
            session.LengthMs = times[session.Last] - startMs;
            session.Bucket = plan.Buckets.IndexOf(startMs);
            if (session.Bucket < 0 || session.LengthMs > longestMs || (session.Marks & wanted) != wanted) continue;
            if (kept < i) found[kept] = session;
            kept++;
        }
        foundCount = kept;
    }

    /// <summary>Counts the sessions of all persons of a shard, by the values of their first events.</summary>
    void CountByValue(JourneyShard shard, StepMatches matches, int nameCount)
    {
        if (firstFilter is not null) KeepThoseThatPass(shard.Columns, matches);
        if (plan.CountsActive) breakdowns.Read(shard.Columns, matches.Rows);
        else breakdowns.Read(shard.Columns, FirstRows(matches));
        for (var i = 0; i < foundCount; i++)
            foreach (var series in Tally.SeriesOf(plan.CountsActive ? found[i].First : i)) Count(shard, matches, found[i], series, nameCount);
    }

    void KeepThoseThatPass(PartColumns part, StepMatches matches)
    {
        var rows = FirstRows(matches);
        var passing = firstFilter!.Keep(part, rows);
        // Both ascend, as sessions are in the order of their first events.
        var kept = 0;
        for (var i = 0; i < foundCount && kept < passing; i++)
            if (matches.Rows[found[i].First] == rows[kept]) found[kept++] = found[i];
        foundCount = passing;
    }

    Span<int> FirstRows(StepMatches matches)
    {
        if (firstRows.Length < foundCount) firstRows = new int[found.Length];
        for (var i = 0; i < foundCount; i++) firstRows[i] = matches.Rows[found[i].First];
        return firstRows.AsSpan(0, foundCount);
    }

    void Count(JourneyShard shard, StepMatches matches, in Session session, SeriesOfSessions series, int nameCount)
    {
        var codes = shard.Columns.Events.Codes;
        var (entry, exit) = (codes[matches.Rows[session.First]], codes[matches.Rows[session.Last]]);
        var person = shard.Persons[session.Place];
        var cell = Tally.CellOf(series, session.Bucket);
        cell.Add(session.LengthMs, session.Events, memory);
        Tally.CountEnds(series, entry, exit, nameCount);
        if (watch is not null && watch.Covers(series, session.Bucket))
            Note(new(person, matches.Times[session.First], session.LengthMs, session.Events, shard.Columns.Events.Pool[entry], shard.Columns.Events.Pool[exit]));
        if (plan.CountsActive) return;
        cell.Users.Add(person);
        series.Users.Add(person);
    }

    /// <summary>Counts the persons with any event in a bucket, whether or not it is in a session.</summary>
    void CountActive(JourneyShard shard, StepMatches matches)
    {
        var active = ActiveRows(shard.Columns, matches);
        var at = 0;
        for (var place = 0; place < matches.PersonCount; place++)
        {
            var person = shard.Persons[matches.Places[place]];
            for (; at < active.Length && active[at] < matches.Starts[place + 1]; at++)
            {
                var bucket = plan.Buckets.IndexOf(matches.Times[active[at]]);
                if (plan.Breakdowns.Count == 0) CountActive(Tally.Whole, bucket, person);
                else
                    foreach (var series in Tally.SeriesOf(active[at])) CountActive(series, bucket, person);
            }
        }
    }

    void CountActive(SeriesOfSessions series, int bucket, int person)
    {
        Tally.CellOf(series, bucket).Users.Add(person);
        series.Users.Add(person);
        if (watch is null || !watch.Covers(series, bucket) || !WatchedUsers.Add(person)) return;
        memory.Take(SessionsWatch.BytesOfUser, "people", "ask for the people of a shorter range");
    }

    void Note(in WatchedSession session)
    {
        if (!watch!.Covers(session)) return;
        memory.Take(SessionsWatch.BytesOfSession, "people", "ask for the sessions of a shorter range, or of one event or length");
        Watched.Add(session);
    }

    /// <summary>The matched rows, by their index, that make a person active.</summary>
    ReadOnlySpan<int> ActiveRows(PartColumns part, StepMatches matches)
    {
        if (activeRows.Length < matches.RowCount) activeRows = new int[matches.RowCount];
        var kinds = numbers.Kinds;
        var (fromMs, untilMs) = (plan.Definition.Range.FromMs, plan.Definition.Range.UntilMs);
        var count = 0;
        for (var i = 0; i < matches.RowCount; i++)
            if ((kinds[i] & SessionKernel.Forms) != 0 && matches.Times[i] >= fromMs && matches.Times[i] < untilMs) activeRows[count++] = i;
        if (firstFilter is null) return activeRows.AsSpan(0, count);
        var rows = new int[count];
        for (var i = 0; i < count; i++) rows[i] = matches.Rows[activeRows[i]];
        var passing = firstFilter.Keep(part, rows);
        var kept = 0;
        for (var i = 0; i < count && kept < passing; i++)
            if (matches.Rows[activeRows[i]] == rows[kept]) activeRows[kept++] = activeRows[i];
        return activeRows.AsSpan(0, passing);
    }

    /// <summary>A session of the shard at hand.</summary>
    struct Session
    {
        /// <summary>Its person's place among the shard's.</summary>
        public int Place;

        /// <summary>Its first and last event, by their index among the matched rows.</summary>
        public int First, Last;

        public int Events, Bucket;
        public uint Marks;
        public long LengthMs;
    }
}
