using System.Text.Json;
using Cairn.Query.Definitions;

namespace Cairn.Api.V1.Query;

/// <summary>Reads <c>window</c>: how long something may take, as elapsed time or in sessions.</summary>
static class WindowField
{
    const string Valid = "an object with one of seconds, minutes, hours, days, weeks and sessions, such as {\"days\": 7}";

    /// <summary>The window; where none is given the fallback, or one session where <c>counting</c> says sessions.</summary>
    public static ConversionWindow Read(DefinitionFields fields, TimeSpan fallback, int mostSessions)
    {
        if (fields.Object("window", Valid) is not { } window) return fields.Any("window") is null && CountsSessions(fields) ? new ConversionWindow.Sessions(1) : new ConversionWindow.Duration(fallback);
        (string Unit, TimeSpan Length)[] units =
        [
            ("seconds", TimeSpan.FromSeconds(1)), ("minutes", TimeSpan.FromMinutes(1)), ("hours", TimeSpan.FromHours(1)), ("days", TimeSpan.FromDays(1)), ("weeks", TimeSpan.FromDays(7)),
        ];
        var given = new List<ConversionWindow>();
        var errorsBefore = window.Errors.Count;
        foreach (var (unit, length) in units)
            if (window.Whole(unit, 0, 1, (int)(ConversionWindow.Longest / length)) is > 0 and var count) given.Add(new ConversionWindow.Duration(count * length));
        if (window.Whole("sessions", 0, 1, mostSessions) is > 0 and var sessions) given.Add(new ConversionWindow.Sessions(sessions));
        window.RefuseOthers();
        if (given.Count == 1) return given[0];
        if (window.Errors.Count == errorsBefore) fields.Fail("window", given.Count == 0 ? "It says no length." : "It says several lengths.", Valid);
        return new ConversionWindow.Duration(fallback);
    }

    static bool CountsSessions(DefinitionFields fields) => fields.Any("counting") is { ValueKind: JsonValueKind.String } counting && counting.GetString() == "sessions";
}
