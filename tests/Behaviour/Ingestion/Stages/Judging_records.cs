using Cairn.Ingestion;
using Cairn.Ingestion.Stages;
using Cairn.Ingestion.Streaming;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Stages;

/// <summary>The whole door on one batch; each stage has its table.</summary>
public class Judging_records
{
    const long Now = Batches.NowMs;
    const long Hour = 3_600_000;

    readonly InMemoryEventStream stream = new(1);
    readonly Directory directory = new();
    readonly Suppressed suppressions = new();
    readonly Rules catalogue = new();

    [Theory]
    [InlineData("token-shop", RejectReason.None)]
    [InlineData("token-blog", RejectReason.None)]
    [InlineData("nobody's", RejectReason.UnknownToken)]
    [InlineData("", RejectReason.MissingToken)]
    public async Task A_token_says_whose_it_is(string token, RejectReason reason)
    {
        using var batch = Batches.Of().With("e", change: (ref Item item) => item.Token = Batches.Utf8(token));
        batch.RequestProject = null;
        Assert.Equal(reason, (await JudgeAsync(batch)).Reason);
        if (reason == RejectReason.None) Assert.Equal(token == "token-shop" ? "shop1" : "blog2", Streaming.Decoded.Of(stream.All).Single().ProjectId);
    }

    [Fact]
    public async Task Records_of_one_request_may_carry_different_tokens_each_looked_up_once()
    {
        using var batch = Batches.Of();
        batch.RequestProject = null;
        foreach (var token in (string[])["token-shop", "token-blog", "bad", "token-shop", "", "bad", "token-blog"])
            batch.With("e", change: (ref Item item) => item.Token = Batches.Utf8(token));
        await Door.AcceptAsync(batch, default);
        Assert.Equal([RejectReason.None, RejectReason.None, RejectReason.UnknownToken, RejectReason.None, RejectReason.MissingToken, RejectReason.UnknownToken, RejectReason.None],
            batch.Verdicts.ToArray().Select(verdict => verdict.Reason));
        Assert.Equal(["blog2", "blog2", "shop1", "shop1"], Streaming.Decoded.Of(stream.All).Select(item => item.ProjectId).Order());
        Assert.Equal(3, directory.Questions);
    }

    [Theory]
    [InlineData("""{"a":1}""", RejectReason.None)]
    [InlineData("levels:62", RejectReason.None)]
    [InlineData("levels:63", RejectReason.TooDeep)]
    [InlineData("levels:5000", RejectReason.TooDeep)]
    [InlineData("""{"brackets":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}""", RejectReason.None)] // in a text they nest nothing
    [InlineData("properties:2000", RejectReason.None)]
    [InlineData("properties:2001", RejectReason.TooManyProperties)]
    [InlineData("name:1530", RejectReason.None)]
    [InlineData("name:1531", RejectReason.NameTooLong)]
    [InlineData("value:900000", RejectReason.None)]
    [InlineData("value:1000000", RejectReason.RecordTooLarge)]
    public async Task Properties_have_limits(string body, RejectReason reason)
    {
        using var batch = Batches.Of().With("e", body: Body(body));
        var verdict = await JudgeAsync(batch);
        Assert.Equal(reason, verdict.Reason);
        Assert.Equal(reason is RejectReason.None or RejectReason.RecordTooLarge ? "" : "properties", verdict.Field);
    }

    [Theory]
    [InlineData("name", 4096, RejectReason.None, "")]
    [InlineData("name", 4097, RejectReason.NameTooLong, "event")]
    [InlineData("who", 4104, RejectReason.None, "")]
    [InlineData("who", 4105, RejectReason.IdTooLong, "properties.distinct_id")]
    [InlineData("device", 4105, RejectReason.IdTooLong, "properties.$device_id")]
    [InlineData("user", 4105, RejectReason.IdTooLong, "properties.$user_id")]
    [InlineData("insert", 4105, RejectReason.InvalidInsertId, "$insert_id")]
    [InlineData("session", 4105, RejectReason.IdTooLong, "properties.$session_id")]
    public async Task Names_and_ids_have_limits(string field, int bytes, RejectReason reason, string wireName)
    {
        using var batch = Batches.Of().With("e", change: (ref Item item) => Set(ref item, field, new string('x', bytes)));
        Assert.Equal(new(reason, wireName), await JudgeAsync(batch));
    }

    [Theory]
    [InlineData(8192, 8192)]
    [InlineData(8193, 8192)]
    [InlineData(100_000, 8192)]
    public async Task A_long_text_is_cut_and_the_rest_stays_as_it_was(int bytes, int kept)
    {
        using var batch = Batches.Of().With("e", body: $$"""{"a":"{{new string('x', bytes)}}","list":["{{new string('y', bytes)}}"],"z":1}""");
        await JudgeAsync(batch);
        Assert.Equal($$"""{"a":"{{new string('x', kept)}}","list":["{{new string('y', bytes)}}"],"z":1}""", Batches.Text(Streaming.Decoded.Of(stream.All).Single().Item.Body));
    }

    [Theory]
    [InlineData("é", 4096)] // two bytes each
    [InlineData("\U0001F600", 2048)] // four bytes
    [InlineData("""\n""", 4096)] // an escape of two
    [InlineData("""\ud83d\ude00""", 682)] // a pair of twelve: 682 of them and 8 bytes left
    [InlineData("""\u00e9""", 1365)] // an escape of six
    public async Task A_long_text_is_cut_between_characters(string character, int kept)
    {
        using var batch = Batches.Of().With("e", body: $$"""{"a":"{{string.Concat(Enumerable.Repeat(character, 9_000))}}"}""");
        await JudgeAsync(batch);
        Assert.Equal($$"""{"a":"{{string.Concat(Enumerable.Repeat(character, kept))}}"}""", Batches.Text(Streaming.Decoded.Of(stream.All).Single().Item.Body));
    }

    [Theory] // dialect, corrected, sent, and what the endpoint demands: what becomes of it
    [InlineData(Dialect.Mixpanel, 0, Now - 5, "", Now - 5, RejectReason.None)]
    [InlineData(Dialect.Amplitude, Now - 9, Now - 5, "", Now - 9, RejectReason.None)] // the translator knew the sender's clock
    [InlineData(Dialect.Mixpanel, 0, 0, "", Now, RejectReason.None)]
    [InlineData(Dialect.Mixpanel, 0, 0, "time", 0, RejectReason.MissingTime)]
    [InlineData(Dialect.Mixpanel, 0, Now + Hour, "", Now + Hour, RejectReason.None)] // within the tolerance
    [InlineData(Dialect.Mixpanel, 0, Now + Hour + 1, "", Now, RejectReason.None)]
    [InlineData(Dialect.Mixpanel, 0, Now + Hour + 1, "future", 0, RejectReason.InFuture)]
    [InlineData(Dialect.Mixpanel, 0, Now - (120 * Hour), "old", Now - (120 * Hour), RejectReason.None)]
    [InlineData(Dialect.Mixpanel, 0, Now - (120 * Hour) - 1, "old", 0, RejectReason.TooOld)]
    [InlineData(Dialect.Mixpanel, 0, 31_536_000_000, "", 31_536_000_000, RejectReason.None)] // 1971
    [InlineData(Dialect.Mixpanel, 0, 31_535_999_999, "", 0, RejectReason.InvalidTime)]
    [InlineData(Dialect.Amplitude, 0, 1, "", 1, RejectReason.None)]
    [InlineData(Dialect.Amplitude, 0, -62_135_596_800_000, "", 0, RejectReason.InvalidTime)] // year 1
    [InlineData(Dialect.Amplitude, 0, 253_402_300_799_999, "", Now, RejectReason.None)] // year 9999
    public async Task A_time_is_put_right_or_refused(Dialect dialect, long correctedMs, long sentMs, string demands, long timeMs, RejectReason reason)
    {
        using var batch = Batches.Of(dialect).With("e", change: (ref Item item) => (item.TimeMs, item.SentTimeMs) = (correctedMs, sentMs));
        batch.Rules = new(RequiresTime: demands == "time", RejectsFuture: demands == "future", OldestAge: demands == "old" ? TimeSpan.FromDays(5) : null);
        var verdict = await JudgeAsync(batch);
        Assert.Equal(reason, verdict.Reason);
        if (reason == RejectReason.None) Assert.Equal((timeMs, sentMs), Streaming.Decoded.Of(stream.All).Select(item => (item.Item.TimeMs, item.Item.SentTimeMs)).Single());
        else Assert.Equal(dialect == Dialect.Mixpanel ? "properties.time" : "time", verdict.Field);
    }

    [Fact]
    public async Task An_update_from_a_broken_clock_is_kept()
    {
        using var batch = Batches.Of().WithItem(ItemKind.ProfileUpdate, (ref Item item) => (item.DistinctId, item.SentTimeMs) = (Batches.Utf8("ann"), Now + (99 * Hour)));
        batch.Rules = new(RejectsFuture: true, RequiresTime: true);
        Assert.Equal(RejectReason.None, (await JudgeAsync(batch)).Reason);
        Assert.Equal(Now, Streaming.Decoded.Of(stream.All).Single().Item.TimeMs);
    }

    [Theory]
    [InlineData(ItemKind.Event, "name", RejectReason.MissingName, "event")]
    [InlineData(ItemKind.Event, "insert", RejectReason.MissingInsertId, "$insert_id")]
    [InlineData(ItemKind.Event, "who", RejectReason.MissingDistinctId, "properties.distinct_id")]
    [InlineData(ItemKind.ProfileUpdate, "who", RejectReason.MissingDistinctId, "$distinct_id")]
    [InlineData(ItemKind.GroupUpdate, "name", RejectReason.MissingGroupKey, "$group_key")]
    [InlineData(ItemKind.GroupUpdate, "who", RejectReason.MissingGroupId, "$group_id")]
    public async Task What_a_kind_needs_must_be_there(ItemKind kind, string missing, RejectReason reason, string field)
    {
        using var batch = Batches.Of().WithItem(kind, (ref Item item) =>
        {
            foreach (var part in (string[])["name", "who", "insert"])
                if (part != missing) Set(ref item, part, "x");
        });
        batch.Rules = new(RequiresDistinctId: true, RequiresInsertId: true);
        Assert.Equal(new(reason, field), await JudgeAsync(batch));
    }

    [Theory]
    [InlineData(Dialect.Mixpanel, "undefined", true)]
    [InlineData(Dialect.Mixpanel, "Undefined", true)]
    [InlineData(Dialect.Mixpanel, "$device:NULL", true)]
    [InlineData(Dialect.Mixpanel, "00000000-0000-0000-0000-000000000000", true)]
    [InlineData(Dialect.Mixpanel, "0", true)]
    [InlineData(Dialect.Mixpanel, "[]", true)]
    [InlineData(Dialect.Mixpanel, "lmy47d", false)]
    [InlineData(Dialect.Amplitude, "lmy47d", true)]
    [InlineData(Dialect.Amplitude, "true", false)]
    [InlineData(Dialect.Segment, "lmy47d", true)]
    [InlineData(Dialect.Segment, "anon", true)]
    [InlineData(Dialect.Mixpanel, "annie", false)]
    [InlineData(Dialect.Mixpanel, "1", false)]
    [InlineData(Dialect.Mixpanel, "00000000-0000-0000-0000-000000000001", false)]
    public async Task Ids_that_stand_for_nobody_count_as_none_or_as_an_error(Dialect dialect, string who, bool isBlocked)
    {
        using var lenient = Batches.Of(dialect).With("e", who);
        Assert.Equal(RejectReason.None, (await JudgeAsync(lenient)).Reason);
        Assert.Equal(isBlocked ? "" : who, Batches.Text(Streaming.Decoded.Of(stream.All).Single().Item.DistinctId));

        using var strict = Batches.Of(dialect).With("e", who);
        strict.Rules = new(RejectsBlockedIds: true);
        Assert.Equal(isBlocked ? RejectReason.BlockedId : RejectReason.None, (await JudgeAsync(strict)).Reason);
    }

    [Fact]
    public async Task A_claim_on_nobody_is_withdrawn_and_its_event_stays()
    {
        using var batch = Batches.Of().With("$identify");
        ref var claim = ref batch.Add(ItemKind.LinkClaim);
        (claim.DistinctId, claim.OtherId, claim.LinkRule) = (Batches.Utf8("ann"), Batches.Utf8("null"), LinkRule.MixpanelIdentify);
        Assert.Equal(RejectReason.None, (await JudgeAsync(batch)).Reason);
        Assert.Equal([ItemKind.Event], Streaming.Decoded.Of(stream.All).Select(item => item.Item.Kind));
    }

    [Theory]
    [InlineData("""{"$ignore":true}""", RejectReason.OptedOut)]
    [InlineData("""{"a":1,"$ignore":"bot"}""", RejectReason.OptedOut)]
    [InlineData("""{"$ignore":false}""", RejectReason.None)]
    [InlineData("""{"$ignore":""}""", RejectReason.None)]
    [InlineData("""{"deep":{"$ignore":true}}""", RejectReason.None)]
    [InlineData("""{"a":"$ignore"}""", RejectReason.None)]
    public async Task Who_asks_to_be_ignored_is_dropped_quietly(string body, RejectReason reason)
    {
        using var batch = Batches.Of().With("e", body: body);
        var verdict = await JudgeAsync(batch);
        Assert.Equal(reason, verdict.Reason);
        Assert.True(verdict.CountsAsAccepted);
        Assert.Equal(reason == RejectReason.None ? 1 : 0, Streaming.Decoded.Of(stream.All).Count);
    }

    [Theory]
    [InlineData("who", "gone")]
    [InlineData("user", "gone")]
    [InlineData("device", "old-phone")]
    public async Task Of_a_suppressed_person_nothing_is_kept(string field, string id)
    {
        suppressions.Ids = ["gone", "$device:old-phone"];
        using var batch = Batches.Of().With("e", change: (ref Item item) => Set(ref item, field, id)).With("other");
        await Door.AcceptAsync(batch, default);
        Assert.Equal([new(RejectReason.Suppressed, "", true), Verdict.Accepted], batch.Verdicts.ToArray());
        Assert.Equal(["other"], Streaming.Decoded.Of(stream.All).Select(item => Batches.Text(item.Item.Name)));
    }

    [Fact]
    public async Task The_catalogue_blocks_and_renames()
    {
        catalogue.ByName = new() { ["noise"] = new(true, default), ["Sign-Up"] = new(false, Batches.Utf8("Sign Up")) };
        using var batch = Batches.Of().With("noise").With("Sign-Up").With("other");
        await Door.AcceptAsync(batch, default);
        Assert.Equal(["Sign Up", "other"], Streaming.Decoded.Of(stream.All).Select(item => Batches.Text(item.Item.Name)));
        Assert.Equal(3, batch.AcceptedCount);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task One_bad_record_spoils_a_request_only_where_the_endpoint_says_so(bool allOrNothing, int stored)
    {
        using var batch = Batches.Of(Dialect.Amplitude).With("good").With("");
        batch.Rules = new(TakesAllOrNothing: allOrNothing);
        await Door.AcceptAsync(batch, default);
        Assert.Equal(stored, Streaming.Decoded.Of(stream.All).Count);
        Assert.Equal([RejectReason.None, RejectReason.MissingName], batch.Verdicts.ToArray().Select(verdict => verdict.Reason));
    }

    [Fact]
    public async Task The_first_reason_stays()
    {
        using var batch = Batches.Of().With("", body: Body("levels:100"));
        Assert.Equal(RejectReason.TooDeep, (await JudgeAsync(batch)).Reason);
    }

    [Fact]
    public void The_stages_stand_in_one_order() => Assert.Equal(
        ["resolve_project", "enforce_limits", "fix_clock", "require_fields", "honour_opt_outs", "apply_catalogue", "publish"],
        IngestStages.InOrder(directory, suppressions, catalogue, Publisher).Select(stage => stage.Name));

    [Fact]
    public void Taking_two_thousand_events_allocates_nothing_for_each()
    {
        AcceptMany();
        AcceptMany();
        var before = GC.GetAllocatedBytesForCurrentThread();
        AcceptMany();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 20_000, $"{allocated} bytes for 2,000 events");
    }

    readonly IngestDoor quietDoor = new(new Directory(), new Suppressed(), new OpenCatalogue(), new(new InMemoryEventStream(), new Spool(new InMemoryBlobStore(), TimeProvider.System), TimeProvider.System));
    readonly byte[] name = Batches.Utf8("Page View"), who = Batches.Utf8("ann"), body = Batches.Utf8("""{"page":"/home","plan":"pro"}""");

    // On one thread, whose bytes are counted and which gets its pooled memory back.
    void AcceptMany()
    {
        using var batch = new ItemBatch(Dialect.Mixpanel, Now) { RequestProject = Batches.Shop };
        for (var i = 0; i < 2_000; i++)
        {
            batch.BeginRecord();
            ref var item = ref batch.Add(ItemKind.Event);
            (item.Name, item.DistinctId, item.Body, item.SentTimeMs) = (name, who, body, Now - i);
        }
        quietDoor.AcceptAsync(batch, default).AsTask().GetAwaiter().GetResult();
    }

    StreamPublisher Publisher => new(stream, new Spool(new InMemoryBlobStore(), TimeProvider.System), new FakeTimeProvider());

    IngestDoor Door => new(directory, suppressions, catalogue, Publisher);

    async Task<Verdict> JudgeAsync(ItemBatch batch)
    {
        await Door.AcceptAsync(batch, default);
        return Assert.Single(batch.Verdicts.ToArray());
    }

    static string Body(string body) => body.Split(':') switch
    {
        ["levels", var levels] => "{\"a\":" + new string('[', int.Parse(levels) - 1) + new string(']', int.Parse(levels) - 1) + "}",
        ["properties", var count] => "{" + string.Join(',', Enumerable.Range(0, int.Parse(count)).Select(i => $"\"{i:x}\":0")) + "}",
        ["name", var length] => $$"""{"{{new string('n', int.Parse(length))}}":0}""",
        ["value", var length] => $$"""{"v":"{{new string('v', int.Parse(length))}}"}""",
        _ => body,
    };

    static void Set(ref Item item, string field, string value)
    {
        var bytes = Batches.Utf8(value);
        switch (field)
        {
            case "name": item.Name = bytes; break;
            case "who": item.DistinctId = bytes; break;
            case "device": item.DeviceId = bytes; break;
            case "user": item.UserId = bytes; break;
            case "insert": item.InsertId = bytes; break;
            case "session": item.SessionId = bytes; break;
            default: throw new ArgumentOutOfRangeException(nameof(field));
        }
    }

    sealed class Directory : IProjectDirectory
    {
        public int Questions { get; private set; }

        public ValueTask<IngestProject?> FindByTokenAsync(ReadOnlyMemory<byte> utf8Token, CancellationToken cancellationToken)
        {
            Questions++;
            return new(Batches.Text(utf8Token) switch { "token-shop" => Batches.Shop, "token-blog" => Batches.Blog, _ => null });
        }

        public ValueTask<IngestProject?> FindByIdAsync(string projectId, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    sealed class Suppressed : ISuppressions
    {
        public HashSet<string> Ids { get; set; } = [];
        public bool IsSuppressed(string projectId, ReadOnlySpan<byte> utf8Id) => Ids.Count > 0 && Ids.Contains(System.Text.Encoding.UTF8.GetString(utf8Id));
    }

    sealed class Rules : ICatalogue
    {
        public Dictionary<string, EventRule> ByName { get; set; } = [];
        public EventRule RuleFor(string projectId, ReadOnlySpan<byte> utf8Name) => ByName.GetValueOrDefault(System.Text.Encoding.UTF8.GetString(utf8Name));
    }
}
