using System.Globalization;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;

namespace Cairn.Behaviour.Storage.Compaction;

/// <summary>Items of all kinds and dialects of one project, few ids and few values among them, so that they meet.</summary>
/// <remarks>Everything follows from the seed. A retry is the same thing sent again: another item id, a later receipt.</remarks>
/// <param name="idCount">Users, and devices as many.</param>
sealed class SentItems(int seed, int idCount = 3)
{
    const long Day = 86_400_000;
    static readonly string[] Properties =
        ["{}", """{"plan":"free"}""", """{"plan":"pro","n":1.5}""", """{"plan":3,"ok":true}""", """{"Plan":"x","tags":["a","b"]}""", """{"n":2}""", """{"event":"odd","time":1}"""];
    static readonly string[] Updates =
        ["""{"set":{"plan":"free"}}""", """{"set":{"plan":"pro","n":1}}""", """{"set_once":{"plan":"first","since":1}}""", """{"add":{"n":2}}""", """{"append":{"tags":"a"}}""", """{"union":{"tags":["a","b"]}}""", """{"unset":["plan"]}"""];

    readonly Random random = new(seed);
    readonly string[] users = [.. new[] { "ann", "bob", "cyn", "dan", "eve", "fay", "gus", "hal" }.Take(idCount)], devices = [.. Enumerable.Range(1, idCount).Select(number => $"d{number}")];

    /// <summary>Items with retries among them, by receipt.</summary>
    /// <param name="fromMs">The first receipt.</param>
    /// <param name="days">Over how many days receipts spread.</param>
    /// <param name="withRetries">Whether there are retries among them.</param>
    public List<Item> Make(int count, long fromMs, int days, bool withRetries = true)
    {
        var items = new List<Item>();
        while (items.Count < count)
        {
            var item = withRetries && items.Count > 0 && random.Next(5) == 0 ? Retry(items[random.Next(items.Count)], days) : Fresh(fromMs, days);
            item.Id = new((ulong)seed, (uint)random.Next(100), items.Count);
            items.Add(item);
        }
        items.Sort((one, other) => new ReceiptOrder(one.ReceivedAtMs, one.Id).CompareTo(new(other.ReceivedAtMs, other.Id)));
        return items;
    }

    Item Retry(Item first, int days)
    {
        first.ReceivedAtMs += random.NextInt64(random.Next(2) == 0 ? 5_000 : days * Day) + 1;
        // The sender's clock is corrected in another way; what was sent is the same.
        first.TimeMs += random.Next(2);
        return first;
    }

    Item Fresh(long fromMs, int days)
    {
        var receivedAtMs = fromMs + random.NextInt64(days * Day);
        var dialect = (Dialect)random.Next(1, 4);
        var (user, device) = (Pick(users, 2), Pick(devices, 2));
        if (user.Length + device.Length == 0) user = "ann";
        var item = new Item
        {
            Dialect = dialect,
            ReceivedAtMs = receivedAtMs,
            SentTimeMs = receivedAtMs - random.NextInt64(random.Next(4) == 0 ? 45 * Day : 60_000),
            UserId = Batches.Utf8(user),
            DeviceId = Batches.Utf8(device),
            DistinctId = Batches.Utf8(user.Length > 0 ? user : AnonymousId.DevicePrefix + device),
            InsertId = Batches.Utf8(random.Next(4) == 0 ? "" : "i" + random.Next(1000).ToString(CultureInfo.InvariantCulture)),
            Sdk = Batches.Utf8("js/1"),
        };
        item.TimeMs = item.SentTimeMs;
        switch (random.Next(6))
        {
            case 0:
                item.Kind = ItemKind.ProfileUpdate;
                item.Body = Batches.Utf8(Updates[random.Next(Updates.Length)]);
                break;
            case 1:
                item.Kind = ItemKind.LinkClaim;
                item.LinkRule = dialect switch
                {
                    Dialect.Mixpanel => random.Next(3) == 0 ? LinkRule.MixpanelAlias : LinkRule.MixpanelDeviceAndUser,
                    Dialect.Amplitude => LinkRule.AmplitudeDeviceAndUser,
                    Dialect.Segment => LinkRule.SegmentAnonymousAndUser,
                };
                item.DistinctId = Batches.Utf8(users[random.Next(users.Length)]);
                item.OtherId = Batches.Utf8(item.LinkRule == LinkRule.MixpanelAlias ? users[random.Next(users.Length)] : AnonymousId.DevicePrefix + devices[random.Next(devices.Length)]);
                break;
            case 2 when random.Next(2) == 0:
                item.Kind = ItemKind.GroupUpdate;
                item.Name = Batches.Utf8("company");
                item.DistinctId = Batches.Utf8("acme");
                item.Body = Batches.Utf8(Updates[random.Next(Updates.Length)]);
                break;
            default:
                item.Kind = ItemKind.Event;
                item.Name = Batches.Utf8(random.Next(2) == 0 ? "view" : "buy");
                item.Body = Batches.Utf8(Properties[random.Next(Properties.Length)]);
                item.Groups = Batches.Utf8(random.Next(3) == 0 ? """{"company":"acme"}""" : "");
                break;
        }
        return item;
    }

    string Pick(string[] among, int weight) => random.Next(among.Length + weight) is var index && index < among.Length ? among[index] : "";
}
