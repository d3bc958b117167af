using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Sessions;
using Cairn.Support.Query;
using NodaTime;

namespace Cairn.Behaviour.Query.Sessions;

/// <summary>The naive twin of the sessions report: person after person, list after list.</summary>
sealed class SessionsOracle
{
    readonly SessionsDefinition definition;
    readonly Buckets buckets;
    readonly List<(List<MemoryEvent> Session, LocalDateTime Bucket, List<string> Keys)> sessions = [];
    readonly List<(string Person, LocalDateTime Bucket, List<string> Keys)> active = [];

    public SessionsOracle(SessionsDefinition definition, IReadOnlyList<MemoryEvent> events)
    {
        this.definition = definition;
        buckets = Buckets.Cut(definition.Range, definition.Unit, definition.Project.Zone, definition.Switches.FirstDayOfWeek);
        foreach (var person in events.Where(row => row.DistinctId is not null).GroupBy(row => row.DistinctId!)) AddPerson(person.Key, [.. person.OrderBy(row => row.Time).ThenBy(row => row.Name, StringComparer.Ordinal)]);
    }

    SessionSwitches Switches => definition.Switches.Sessions;

    /// <summary>What a number stands for.</summary>
    public sealed record Counted(List<List<MemoryEvent>> Sessions, List<string> Users);

    public static long LengthMs(List<MemoryEvent> session) => (long)(session[^1].Time - session[0].Time).TotalMilliseconds;

    /// <summary>All combinations of values, those with the most sessions first.</summary>
    public List<string> Ranked() => definition.Breakdowns.Count == 0 ? [] : [.. sessions.SelectMany(one => one.Keys)
        .Concat(active.SelectMany(one => one.Keys)).Distinct()
        .OrderByDescending(key => sessions.Count(one => one.Keys.Contains(key))).ThenBy(key => string.Join('\0', key.Split('|')), StringComparer.Ordinal)];

    public Counted Cell(SessionSeriesKind kind, string key, List<string> chosen, LocalDateTime? bucket)
    {
        bool IsIn(List<string> keys) => kind switch
        {
            SessionSeriesKind.Whole => true,
            SessionSeriesKind.Value => keys.Contains(key),
            _ => keys.Exists(one => !chosen.Contains(one)),
        };
        var own = sessions.Where(one => (bucket is null || one.Bucket == bucket) && IsIn(one.Keys)).Select(one => one.Session).ToList();
        var users = Switches.Users == SessionUsers.Active
            ? active.Where(one => (bucket is null || one.Bucket == bucket) && IsIn(one.Keys)).Select(one => one.Person)
            : own.Select(session => session[0].DistinctId!);
        return new(own, [.. users.Distinct()]);
    }

    void AddPerson(string person, List<MemoryEvent> rows)
    {
        if (Switches.Filter == SessionFilter.BeforeCut) rows = [.. rows.Where(row => Holds(definition.Filter, row))];
        var numbers = SessionOracle.SessionsOf(Switches, definition.Project.Zone, rows);
        foreach (var session in rows.Zip(numbers).Where(row => row.Second >= 0).GroupBy(row => row.Second).Select(group => group.Select(row => row.First).ToList()))
        {
            if (Bucket(session[0]) is not { } bucket) continue;
            if (Switches.Long == LongSessions.LeftOut && session[^1].Time - session[0].Time > Switches.MaxLength) continue;
            if (definition.Events.Count > 0 && !session.Exists(row => definition.Events.Any(selection => selection.Covers(row.Name) && Holds(selection.Filter, row)))) continue;
            if (Switches.Filter == SessionFilter.FirstEvent && !Holds(definition.Filter, session[0])) continue;
            sessions.Add((session, bucket, KeysOf(session[0])));
        }
        if (Switches.Users != SessionUsers.Active) return;
        foreach (var row in rows)
            if (Bucket(row) is { } bucket && !SessionSwitches.NeverCounted.Contains(row.Name) && !Switches.ExcludedEvents.Contains(row.Name) && Holds(definition.Filter, row))
                active.Add((person, bucket, KeysOf(row)));
    }

    LocalDateTime? Bucket(MemoryEvent row) => buckets.IndexOf(row.Time.ToUnixTimeMilliseconds()) is >= 0 and var index ? buckets.Starts[index] : null;

    List<string> KeysOf(MemoryEvent row)
    {
        if (definition.Breakdowns.Count == 0) return [];
        IEnumerable<string?> keys = [null];
        foreach (var breakdown in definition.Breakdowns)
        {
            var value = Evaluate(breakdown.By, row);
            var texts = value.Kind == ValueKind.List ? value.Items.Select(ValueText.Of).Distinct().ToArray() : [value.IsMissing ? definition.Switches.MissingKey : ValueText.Of(value)];
            keys = [.. keys.SelectMany(key => texts.Select(text => key is null ? text : $"{key}|{text}"))];
        }
        return [.. keys.Select(key => key!)];
    }

    static bool Holds(Expression? filter, MemoryEvent row) => filter is null || Evaluate(filter, row).IsTrue;

    static Value Evaluate(Expression expression, MemoryEvent row)
    {
        var compiled = CompiledExpression.Compile(expression);
        return compiled.Evaluate([.. compiled.Inputs.Select(input => SegmentationOracle.Read(input, row))]);
    }
}
