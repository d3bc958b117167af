using Cairn.Model;
using Cairn.Model.Identity;
using Xunit;

namespace Cairn.Support.Identity;

/// <summary>
/// Who is who, told a line at a time: what arrived, in order, and what each line must come to once all has arrived. Pages in
/// docs/semantics and tests read the same language.
/// </summary>
/// <remarks>
/// A line's number is its receipt in seconds.
/// <code>
/// original                                       the project's mode, if not simplified
/// mixpanel device=D1 user=U1 is U1               an event (mixpanel, amplitude, segment) and its person
/// identify U1 from UUID                          $identify, original
/// alias U2 of U1                                 $create_alias
/// merge A B                                      $merge
/// map A to B, unmap A                            Amplitude's user mapping
/// segment-alias U1 from P1                       Segment's alias
/// link A B, undo A B                             by hand
/// … refused Reason                               the claim of this line made no link
/// person A is B                                  asked at the end
/// persons 2                                      how many persons the events have, asked at the end
/// </code>
/// </remarks>
public sealed class IdentityJourney
{
    readonly List<(SeenIds Ids, string Person, string Line)> events = [];
    readonly List<(LinkClaim Claim, LinkRefusal Reason)> refusals = [];
    readonly List<(string Id, string Person)> questions = [];
    int? persons;

    public IdentityMode Mode { get; private set; } = IdentityMode.Simplified;

    /// <summary>The claims in the order of receipt.</summary>
    public List<LinkClaim> Claims { get; } = [];

    /// <summary>Reads lines; a part after "--" is a remark.</summary>
    public static IdentityJourney Read(string text)
    {
        var journey = new IdentityJourney();
        var number = 0;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = line.Split("--")[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0) journey.Take(words, new(++number * 1000L, new(1, 1, number)), line);
        }
        return journey;
    }

    /// <summary>Folds the claims in this order and asserts what every line says.</summary>
    public void Assert(IEnumerable<LinkClaim> inThisOrder)
    {
        var fold = new IdentityFold(Mode);
        foreach (var claim in inThisOrder) fold.Add([claim]);
        foreach (var (ids, person, line) in events) Xunit.Assert.Equal($"{line} -> {person}", $"{line} -> {fold.PersonOf(ids)}");
        foreach (var (id, person) in questions) Xunit.Assert.Equal($"{id} is {person}", $"{id} is {fold.PersonOf(id)}");
        foreach (var (claim, reason) in refusals)
            Xunit.Assert.Equal(reason, fold.Find(claim.Id)!.Refusals.SingleOrDefault(refusal => refusal.Claim.Order == claim.Order)?.Reason ?? LinkRefusal.None);
        if (persons is { } count) Xunit.Assert.Equal(count, events.Select(seen => fold.PersonOf(seen.Ids)).Distinct().Count());
    }

    /// <summary>Asserts it in order of receipt, backwards, twice over, and from both ends to the middle.</summary>
    public void AssertInEveryOrder()
    {
        Assert(Claims);
        Assert(Claims.AsEnumerable().Reverse());
        Assert(Claims.Concat(Claims));
        Assert(Claims.Where((_, index) => index % 2 == 0).Concat(Claims.Where((_, index) => index % 2 == 1).Reverse()));
    }

    void Take(string[] words, ReceiptOrder receipt, string line)
    {
        switch (words)
        {
            case ["original"]: Mode = IdentityMode.Original; break;
            case ["simplified"]: break;
            case ["mixpanel" or "amplitude" or "segment", .. var ids, "is", var person]: Event(words[0], ids, person, receipt, line); break;
            case ["identify", var to, "from", var from, .. var rest]: Claim(LinkRule.MixpanelIdentify, to, from, rest, receipt); break;
            case ["alias", var alias, "of", var main, .. var rest]: Claim(LinkRule.MixpanelAlias, main, alias, rest, receipt); break;
            case ["merge", var a, var b, .. var rest]: Claim(LinkRule.MixpanelMerge, a, b, rest, receipt); break;
            case ["map", var a, "to", var b, .. var rest]: Claim(LinkRule.AmplitudeUserMap, a, b, rest, receipt); break;
            case ["unmap", var a, .. var rest]: Claim(LinkRule.AmplitudeUnmap, a, "", rest, receipt); break;
            case ["segment-alias", var to, "from", var from, .. var rest]: Claim(LinkRule.SegmentAlias, to, from, rest, receipt); break;
            case ["link", var a, var b, .. var rest]: Claim(LinkRule.ByHand, a, b, rest, receipt); break;
            case ["undo", var a, var b, .. var rest]: Claim(LinkRule.Undone, a, b, rest, receipt); break;
            case ["person", var id, "is", var person]: questions.Add((id, person)); break;
            case ["persons", var count]: persons = int.Parse(count, System.Globalization.CultureInfo.InvariantCulture); break;
            default: throw new FormatException($"no line of a journey: {line}");
        }
    }

    void Event(string dialect, string[] ids, string person, ReceiptOrder receipt, string line)
    {
        var of = dialect switch { "mixpanel" => Dialect.Mixpanel, "amplitude" => Dialect.Amplitude, _ => Dialect.Segment };
        var refused = person.Split('!');
        string? Value(string name) => ids.FirstOrDefault(id => id.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
        var device = Value("device") ?? Value("anonymous");
        var user = Value("user");
        events.Add((new(of, Value("distinct") ?? user ?? (device is null ? null : "$device:" + device), device, user, receipt), refused[0], line));
        if (device is null || user is null) return;
        var rule = of switch
        {
            Dialect.Mixpanel => LinkRule.MixpanelDeviceAndUser,
            Dialect.Amplitude => LinkRule.AmplitudeDeviceAndUser,
            _ => LinkRule.SegmentAnonymousAndUser,
        };
        Claim(rule, user, "$device:" + device, refused.Length > 1 ? ["refused", refused[1]] : [], receipt);
    }

    void Claim(LinkRule rule, string id, string otherId, string[] rest, ReceiptOrder receipt)
    {
        var claim = new LinkClaim(receipt, rule, id, otherId);
        Claims.Add(claim);
        refusals.Add((claim, rest is ["refused", var reason] ? Enum.Parse<LinkRefusal>(reason) : LinkRefusal.None));
    }
}
