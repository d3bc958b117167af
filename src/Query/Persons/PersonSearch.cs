using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Persons;

/// <summary>Finds persons by the ids that their events carry.</summary>
public sealed class PersonSearch(ReportReader reader)
{
    /// <summary>Persons whose id, or an id of whose events, is as asked, in order of their user id.</summary>
    /// <param name="isPerson">Whether a person is meant, by the canonical id; null: none by it.</param>
    /// <param name="isUser">Whether a user id is meant; null: none.</param>
    /// <param name="isDevice">Whether a device id is meant; null: none.</param>
    public async Task<IReadOnlyList<FoundPerson>> FindAsync(
        ReportProject project, Func<string, bool>? isPerson, Func<string, bool>? isUser, Func<string, bool>? isDevice, CancellationToken cancellationToken)
    {
        var opened = await reader.OpenAsync(project, TimeRange.Ever, [], needsPersons: true, cancellationToken);
        var columns = opened.Context.Columns;
        var users = Judge(columns.PoolOf(RowLayout.UserId), isUser);
        var devices = Judge(columns.PoolOf(RowLayout.DeviceId), isDevice);
        var persons = Judge(opened.Context.Persons.Pool, isPerson);
        var parts = new List<(PartColumns Part, PooledColumn? Users, PooledColumn? Devices)>();
        foreach (var part in opened.Parts)
        {
            var userIds = await columns.TextAsync(part.Rows.Part, RowLayout.UserId, opened.Context.Count, cancellationToken);
            var deviceIds = await columns.TextAsync(part.Rows.Part, RowLayout.DeviceId, opened.Context.Count, cancellationToken);
            parts.Add((part, userIds, deviceIds));
            for (var row = 0; row < part.RowCount; row++)
                if (part.Persons!.Codes[row] is >= 0 and var person && (Is(users, userIds, row) || Is(devices, deviceIds, row))) persons[person] = true;
        }
        var found = new Dictionary<int, Traces>();
        foreach (var (part, userIds, deviceIds) in parts) Collect(part, userIds, deviceIds, persons, found);
        var pool = opened.Context.Persons.Pool;
        return [.. found.Select(traces => traces.Value.ToFound(pool[traces.Key])).OrderBy(person => person.UserId ?? person.Person, StringComparer.Ordinal)];
    }

    /// <summary>Which codes of a pool are meant, once per text.</summary>
    static bool[] Judge(TextPool pool, Func<string, bool>? isMeant)
    {
        var meant = new bool[pool.Count];
        for (var code = 0; isMeant is not null && code < meant.Length; code++) meant[code] = isMeant(pool[code]);
        return meant;
    }

    static bool Is(bool[] meant, PooledColumn? column, int row) =>
        column is not null && column.Codes[row] is >= 0 and var code && code < meant.Length && meant[code];

    static void Collect(PartColumns part, PooledColumn? users, PooledColumn? devices, bool[] persons, Dictionary<int, Traces> found)
    {
        for (var row = 0; row < part.RowCount; row++)
        {
            var person = part.Persons!.Codes[row];
            if (person < 0 || person >= persons.Length || !persons[person] || !part.Rows.Live[row]) continue;
            if (!found.TryGetValue(person, out var traces)) found.Add(person, traces = new());
            traces.Add(part.Times.Values[row], users?.TextAt(row), devices?.TextAt(row));
        }
    }

    /// <summary>What events told of one person so far.</summary>
    sealed class Traces
    {
        long lastMs = long.MinValue, userAtMs = long.MinValue, deviceAtMs = long.MinValue;
        string? userId, deviceId;

        public void Add(long timeMs, string? user, string? device)
        {
            lastMs = Math.Max(lastMs, timeMs);
            if (user is not null && timeMs >= userAtMs) (userId, userAtMs) = (user, timeMs);
            if (device is not null && timeMs >= deviceAtMs) (deviceId, deviceAtMs) = (device, timeMs);
        }

        public FoundPerson ToFound(string person) => new(person, userId, deviceId, lastMs);
    }
}

/// <summary>A person that a search found.</summary>
/// <param name="Person">The id that all linked ids stand for.</param>
/// <param name="UserId">The user id of the latest event that has one.</param>
/// <param name="LastDeviceId">The device of the latest event that has one.</param>
/// <param name="LastSeenMs">The latest event's time, Unix milliseconds.</param>
public sealed record FoundPerson(string Person, string? UserId, string? LastDeviceId, long LastSeenMs);
