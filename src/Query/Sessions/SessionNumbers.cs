using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using NodaTime;

namespace Cairn.Query.Sessions;

/// <summary>Numbers the sessions of the people of a shard: the one model that all reports cut by.</summary>
/// <remarks>One worker's own. Meaning: docs/semantics/sessions.md.</remarks>
sealed class SessionNumbers
{
    /// <summary>The property that session ids are read from.</summary>
    static readonly Expression Id = new Expression.Property(new(PropertyScope.EventField, EventField.SessionId));

    readonly SessionSwitches switches;
    readonly SessionKernel kernel;
    readonly NameTable kindsByName;
    readonly ValueMemo<int>? keyMemo;
    uint[] kinds = [];
    int[] keys = [];

    /// <param name="zone">In which days end.</param>
    public SessionNumbers(SessionSwitches switches, DateTimeZone zone)
    {
        this.switches = switches;
        kernel = new(
            switches.Timeout is { } timeout ? (long)timeout.TotalMilliseconds : long.MaxValue,
            switches.Long == LongSessions.Cut ? (long)switches.MaxLength.TotalMilliseconds : long.MaxValue,
            switches.EndAtMidnight ? new LocalDays(zone) : null);
        kindsByName = new(KindOf);
        if (KeyOf(switches) is { } key) keyMemo = new(CompiledExpression.Compile(key), KeyNumber(new(StringComparer.Ordinal)));
    }

    /// <summary>What each row of the last <see cref="Fill"/> is to sessions, see <see cref="SessionKernel"/>.</summary>
    public ReadOnlySpan<uint> Kinds => kinds;

    /// <summary>Every property that cutting reads.</summary>
    public static IReadOnlyList<PropertyReference> PropertiesOf(SessionSwitches switches) =>
        KeyOf(switches) is { } key ? CompiledExpression.Compile(key).Inputs : [];

    /// <summary>Each row's session within its person, -1 where it is in none.</summary>
    /// <param name="starts">Where each person's rows begin, and where the last one's end.</param>
    /// <param name="rows">The rows' numbers in the part.</param>
    public void Fill(PartColumns part, ReadOnlySpan<int> starts, ReadOnlySpan<int> rows, ReadOnlySpan<long> timesMs, Span<int> sessions)
    {
        if (kinds.Length < rows.Length) kinds = new uint[rows.Length];
        part.Events.Codes.LookUp(kindsByName.For(part.Events.Pool), rows, kinds);
        if (keyMemo is not null)
        {
            if (keys.Length < rows.Length) keys = new int[rows.Length];
            keyMemo.Evaluate(part, rows, keys);
        }
        for (var person = 0; person + 1 < starts.Length; person++)
        {
            var (from, until) = (starts[person], starts[person + 1]);
            var times = timesMs[from..until];
            ReadOnlySpan<uint> own = kinds.AsSpan(from..until);
            var result = sessions[from..until];
            switch (switches.By)
            {
                case SessionsBy.Timeout: kernel.ByTimeout(times, own, result); break;
                case SessionsBy.Id or SessionsBy.Property: kernel.ByKey(times, own, keys.AsSpan(from..until), result); break;
                case SessionsBy.Events: kernel.ByEvents(times, own, result); break;
            }
        }
    }

    uint KindOf(string name)
    {
        if (SessionSwitches.NeverCounted.Contains(name) || switches.ExcludedEvents.Contains(name)) return 0;
        return SessionKernel.Forms | (switches.StartEvents.Contains(name) ? SessionKernel.Starts : 0) | (switches.EndEvents.Contains(name) ? SessionKernel.Ends : 0);
    }

    static Expression? KeyOf(SessionSwitches switches) => switches.By switch
    {
        SessionsBy.Id => Id,
        SessionsBy.Property => switches.Property,
        SessionsBy.Timeout or SessionsBy.Events => null,
    };

    static Func<Value, int> KeyNumber(Dictionary<string, int> known) => value =>
    {
        // -1 is what Amplitude's SDKs send outside of any session.
        var text = value.IsMissing ? "-1" : ValueText.Of(value);
        if (text is "-1" or "") return -1;
        if (!known.TryGetValue(text, out var number)) known.Add(text, number = known.Count);
        return number;
    };
}
