using Cairn.Query.Journeys;

namespace Cairn.Query.Cohorts;

/// <summary>Judges the people of some shards. Each thread has its own.</summary>
sealed class CohortWorker(CohortPlan plan, OpenedJourneys opened)
{
    readonly StepScan scan = new(plan.Conditions);
    readonly CohortValues values = new(plan, opened.Context.Units, opened.Persons, opened.Memory);
    readonly long beforeMs = plan.Definition.Project.EventsBefore?.ToUnixTimeMilliseconds() ?? long.MaxValue;
    readonly bool? holdsForNothing = plan.Root.HoldsForNothing;
    bool[] held = [];

    /// <summary>Codes of the people who are in.</summary>
    public List<int> Members { get; } = [];

    /// <summary>Codes of all people with events, where doing nothing may be enough to be in.</summary>
    public List<int> Seen { get; } = [];

    public void Work(JourneyShard shard)
    {
        var matches = scan.Match(shard, plan.Range);
        values.Read(shard.Columns, matches);
        if (held.Length < matches.PersonCount) held = new bool[shard.PersonCount];
        var all = held.AsSpan(0, matches.PersonCount);
        if (plan.Root.TryJudgeAll(values, all)) AddHeld(shard, matches, all);
        else JudgeEach(shard, matches);
        if (holdsForNothing != false) JudgeOthers(shard, matches);
    }

    void AddHeld(JourneyShard shard, StepMatches matches, ReadOnlySpan<bool> all)
    {
        for (var i = 0; i < all.Length; i++)
            if (all[i]) Members.Add(shard.Persons[matches.Places[i]]);
    }

    void JudgeEach(JourneyShard shard, StepMatches matches)
    {
        for (var i = 0; i < matches.PersonCount; i++)
        {
            shard.Columns.PauseAt(i);
            var (start, end, code) = (matches.Starts[i], matches.Starts[i + 1], shard.Persons[matches.Places[i]]);
            if (plan.Root.Holds(new(code, null, i, start, matches.Times[start..end], matches.Masks[start..end], values))) Members.Add(code);
        }
    }

    /// <summary>Whether someone without any event of those that are asked for is in.</summary>
    public bool HoldsForNothing(string person) => holdsForNothing ?? plan.Root.Holds(new(-1, person, -1, 0, [], [], values));

    /// <summary>Those of the shard who did nothing of what is asked for.</summary>
    void JudgeOthers(JourneyShard shard, StepMatches matches)
    {
        var next = 0;
        foreach (var (from, until) in shard.PersonRuns())
            for (var place = from; place < until; place++)
            {
                // Whoever came later has no event yet.
                if (shard.Times[shard.Starts[place]] >= beforeMs) continue;
                Seen.Add(shard.Persons[place]);
                while (next < matches.PersonCount && matches.Places[next] < place) next++;
                if (next < matches.PersonCount && matches.Places[next] == place) continue;
                if (HoldsForNothing(opened.Persons[shard.Persons[place]])) Members.Add(shard.Persons[place]);
            }
    }
}
