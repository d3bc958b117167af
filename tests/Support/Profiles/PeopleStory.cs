using System.Text;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Storage.Identity;
using Cairn.Storage.Profiles;
using Cairn.Support.Identity;

namespace Cairn.Support.Profiles;

/// <summary>
/// What is known of people, now and at events, a line at a time. Pages in docs/semantics and tests read the same language; a line is
/// received a second after the one before.
/// </summary>
/// <remarks>
/// <code>
/// update amplitude device=A {"set": {"plan": "free"}}     (mixpanel, amplitude, segment; device=, user=, distinct=)
/// link amplitude user=ann device=A                        an event's claim that both are one
/// merge A B, map A to B                                   $merge of the original system; Amplitude's user mapping
/// event amplitude device=A has {"plan": "free"}           as of this event, asked once all lines have arrived
/// now ann has {"plan": "free"}                            asked once all lines have arrived; "has nobody" where there is no profile
/// </code>
/// </remarks>
public sealed class PeopleStory
{
    readonly RecentStory rows = new();
    readonly List<(SeenIds Ids, string Expected, string Line)> events = [];
    readonly List<(string Person, string Expected, string Line)> questions = [];
    readonly List<LinkClaim> claims = [];
    readonly List<(string Id, ProfileUpdate Update)> updates = [];
    IdentityMode mode = IdentityMode.Simplified;

    public IReadOnlyList<LinkClaim> Claims => claims;

    public IReadOnlyList<(string Id, ProfileUpdate Update)> Updates => updates;

    public static PeopleStory Read(string text)
    {
        var story = new PeopleStory();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var told = line.Split(" -- ")[0].Trim();
            var brace = told.IndexOf('{', StringComparison.Ordinal);
            var words = (brace < 0 ? told : told[..brace]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            story.Take(words, brace < 0 ? "" : told[brace..], line);
        }
        return story;
    }

    public async Task AssertAsync()
    {
        var map = await ReadAsync();
        foreach (var (ids, expected, line) in events) Xunit.Assert.Equal($"{line} -> {Canonical(expected)}", $"{line} -> {UpdateStory.Text(map.AsOf(ids))}");
        foreach (var (person, expected, line) in questions) Xunit.Assert.Equal($"{line} -> {Canonical(expected)}", $"{line} -> {UpdateStory.Text(map.Current(person))}");
    }

    /// <summary>The profiles once all lines have arrived.</summary>
    public async Task<IProfileMap> ReadAsync()
    {
        var persons = await new PersonDirectory(rows).ReadAsync(RecentStory.ProjectId, mode, CancellationToken.None);
        return await new ProfileDirectory(rows).ReadAsync(RecentStory.ProjectId, persons, CancellationToken.None);
    }

    void Take(string[] words, string json, string line)
    {
        switch (words)
        {
            case ["original"]:
                mode = IdentityMode.Original;
                break;
            case ["update", var dialect, .. var ids]:
                var update = Ids(dialect, ids, default);
                var place = rows.Update(update.Dialect, json, update.DistinctId, update.DeviceId, update.UserId);
                updates.Add((update.DistinctId!, new(place, Encoding.UTF8.GetBytes(json), update.Dialect == Dialect.Amplitude && update.UserId is null)));
                break;
            case ["link", var dialect, .. var ids]:
                var linked = Ids(dialect, ids, default);
                var rule = linked.Dialect switch
                {
                    Dialect.Mixpanel => LinkRule.MixpanelDeviceAndUser,
                    Dialect.Amplitude => LinkRule.AmplitudeDeviceAndUser,
                    Dialect.Segment => LinkRule.SegmentAnonymousAndUser,
                };
                Claim(rule, linked.UserId!, "$device:" + linked.DeviceId);
                break;
            case ["merge", var a, var b]:
                Claim(LinkRule.MixpanelMerge, a, b);
                break;
            case ["map", var a, "to", var b]:
                Claim(LinkRule.AmplitudeUserMap, a, b);
                break;
            case ["event", var dialect, .. var ids, "has", "nobody"]:
                events.Add((Ids(dialect, ids, rows.Event()), "nobody", line));
                break;
            case ["event", var dialect, .. var ids, "has"]:
                events.Add((Ids(dialect, ids, rows.Event()), json, line));
                break;
            case ["now", var person, "has", "nobody"]:
                questions.Add((person, "nobody", line));
                break;
            case ["now", var person, "has"]:
                questions.Add((person, json, line));
                break;
            default:
                throw new FormatException($"no line of a story: {line}");
        }
    }

    void Claim(LinkRule rule, string id, string otherId) => claims.Add(new(rows.Claim(rule, id, otherId), rule, id, otherId));

    static SeenIds Ids(string dialect, string[] ids, ReceiptOrder receipt)
    {
        string? Value(string name) => ids.FirstOrDefault(id => id.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
        var (device, user) = (Value("device"), Value("user"));
        return new(Enum.Parse<Dialect>(dialect, ignoreCase: true), Value("distinct") ?? user ?? (device is null ? null : "$device:" + device), device, user, receipt);
    }

    static string Canonical(string expected)
    {
        if (expected == "nobody") return expected;
        return UpdateStory.Text(ProfileHistory.Of([new(default, Encoding.UTF8.GetBytes($$"""{"set": {{expected}}}"""))]).Current);
    }
}
