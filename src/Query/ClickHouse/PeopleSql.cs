using System.Globalization;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.ClickHouse;

/// <summary>Whose each row is, in SQL: the ids it came with, the turns of shared devices, and then the links; the steps of <see cref="PersonMap"/>.</summary>
/// <param name="Read">What it reads of each row.</param>
/// <param name="HasDevices">Whether some device has turns.</param>
/// <param name="HasLinks">Whether some id is another person's.</param>
sealed record PeopleSql(IReadOnlyList<Sql> Read, bool HasDevices, bool HasLinks, IReadOnlyList<UploadedTable> Uploads)
{
    const string Ids = "ids", Devices = "devices", ProfilesTable = "profiles";

    public static PeopleSql Of(IdentityMode mode, People people)
    {
        var (links, devices) = (people.Persons.LinkedIds(), people.Persons.SharedDevices());
        var (hasLinks, hasDevices) = (links.Any(), people.Persons.HasTimelines);
        var uploads = new List<UploadedTable>();
        if (hasLinks) uploads.Add(new(Ids, "id String, to String", links.Select(link => $"{SqlValue.Escaped(link.Id)}\t{SqlValue.Escaped(link.Person)}")));
        if (hasDevices) uploads.Add(new(Devices, "device String, froms Array(Tuple(Int64, String, Int64)), users Array(String)", devices.Select(LineOf)));
        var byDistinctId = mode == IdentityMode.Original ? Sql.Of($"ifNull(lake.dialect, '') not in ('amplitude', 'segment') and ifNull(lake.distinct_id, '') != '', lake.distinct_id, ") : Sql.Nothing;
        var said = Sql.Of($"ifNull(multiIf({byDistinctId}ifNull(lake.user_id, '') != '', lake.user_id, ifNull(lake.device_id, '') = '', lake.distinct_id, concat({AnonymousId.DevicePrefix}, lake.device_id)), '') as said");
        List<Sql> read = [said];
        if (hasDevices)
        {
            read.Add(Sql.Of($"ifNull(lake.dialect, '') = 'amplitude' and ifNull(lake.user_id, '') = '' as is_device"));
            read.Add(Sql.Of($"(toUnixTimestamp64Milli(lake.received_at), hex(base64URLDecode(substring(lake.item_id, 1, 16))), toInt64(substring(lake.item_id, 18))) as receipt"));
        }
        return new(read, hasDevices, hasLinks, uploads);
    }

    /// <summary>The rows with their persons: empty for nobody.</summary>
    public Sql Joined(Sql rows)
    {
        var addressed = HasDevices
            ? Sql.Of($"select *, if(is_device and notEmpty(users), users[greatest(1, arrayLastIndex(since -> since <= receipt, froms))], said) as address from ({rows}) as rows left any join devices on devices.device = rows.said")
            : Sql.Of($"select *, said as address from ({rows})");
        return HasLinks
            ? Sql.Of($"select *, if(to = '', address, to) as person from ({addressed}) as rows left any join ids on ids.id = rows.address")
            : Sql.Of($"select *, address as person from ({addressed})");
    }

    /// <summary>What is known of persons now: of each property a text, a number or a truth value.</summary>
    /// <exception cref="NotExpressedException">A value is a list or an object.</exception>
    public static UploadedTable Profiles(People people, IReadOnlyList<string> properties)
    {
        var structure = string.Concat(properties.Select((_, index) => string.Create(CultureInfo.InvariantCulture, $", ut{index} Nullable(String), un{index} Nullable(Float64), uf{index} Nullable(UInt8)")));
        var lines = new List<string>();
        foreach (var person in people.Profiles?.Persons ?? [])
        {
            var values = properties.Select(property => people.Current(person, property)).ToList();
            if (values.Any(value => value.Kind is ValueKind.List or ValueKind.Object)) throw new NotExpressedException("a person's property that is a list or an object");
            if (values.All(value => value.IsMissing)) continue;
            lines.Add(string.Concat([SqlValue.Escaped(person), .. values.Select(CellsOf)]));
        }
        return new(ProfilesTable, $"of String{structure}", lines);
    }

    static string CellsOf(Value value) => value.Kind switch
    {
        ValueKind.Text => $"\t{SqlValue.Escaped(value.Text)}\t\\N\t\\N",
        ValueKind.Number => string.Create(CultureInfo.InvariantCulture, $"\t\\N\t{value.Number:R}\t\\N"),
        ValueKind.Boolean => $"\t\\N\t\\N\t{(value.Boolean ? 1 : 0)}",
        _ => "\t\\N\t\\N\t\\N",
    };

    static string LineOf((string Device, IReadOnlyList<(ReceiptOrder From, string User)> Turns) device)
    {
        var froms = device.Turns.Select(turn => string.Create(CultureInfo.InvariantCulture, $"({turn.From.ReceivedAtMs},'{turn.From.Item.High:X16}{turn.From.Item.Low:X8}',{turn.From.Item.Index})"));
        return $"{SqlValue.Escaped(device.Device)}\t[{string.Join(',', froms)}]\t[{string.Join(',', device.Turns.Select(turn => $"'{SqlValue.Escaped(turn.User)}'"))}]";
    }
}
