using System.Text;
using Cairn.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Storage;

/// <summary>What every <see cref="IBlobStore"/> does alike. A store's own class gives an empty store for each test.</summary>
public abstract class BlobStoreContract
{
    static readonly CancellationToken None = CancellationToken.None;

    protected abstract IBlobStore Store { get; }

    /// <summary>Null where the store's clock can't be moved (a server's own).</summary>
    protected virtual FakeTimeProvider? Clock => null;

    [Fact]
    public async Task A_blob_reads_back_as_it_was_put()
    {
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        var etag = await Store.PutAsync("a/b.bin", bytes, PutCondition.None, None);

        var content = await Store.ReadAsync("a/b.bin", None);

        Assert.Equal(bytes, content!.Bytes.ToArray());
        Assert.Equal(etag, content.ETag);
    }

    [Fact]
    public async Task A_blob_written_in_pieces_is_there_once_it_is_ended()
    {
        var bytes = new byte[300_000];
        new Random(2).NextBytes(bytes);
        await using var draft = await Store.BeginAsync("pieces/a.bin", None);
        foreach (var piece in bytes.Chunk(70_000)) await draft.AppendAsync(piece, None);
        Assert.Null(await Store.FindAsync("pieces/a.bin", None));
        Assert.Empty(await NamesAsync("pieces/"));
        var etag = await draft.EndAsync(None);

        var content = await Store.ReadAsync("pieces/a.bin", None);

        Assert.Equal(bytes, content!.Bytes.ToArray());
        Assert.Equal(etag, content.ETag);
        Assert.Equal(["pieces/a.bin"], await NamesAsync("pieces/"));
    }

    [Fact]
    public async Task A_blob_written_in_pieces_leaves_what_is_there()
    {
        Assert.NotNull(await PutAsync("pieces/b", "mine", PutCondition.IfAbsent));
        await using (var draft = await Store.BeginAsync("pieces/b", None))
        {
            await draft.AppendAsync("theirs"u8.ToArray(), None);
            Assert.Null(await draft.EndAsync(None));
        }
        Assert.Equal("mine", await TextAsync("pieces/b"));
    }

    [Fact]
    public async Task Two_that_write_one_name_in_pieces_do_not_mix()
    {
        await using var first = await Store.BeginAsync("pieces/c", None);
        await using var second = await Store.BeginAsync("pieces/c", None);
        await first.AppendAsync("one "u8.ToArray(), None);
        await second.AppendAsync("two "u8.ToArray(), None);
        await first.AppendAsync("and one"u8.ToArray(), None);
        Assert.NotNull(await first.EndAsync(None));
        Assert.Null(await second.EndAsync(None));
        Assert.Equal("one and one", await TextAsync("pieces/c"));
    }

    [Fact]
    public async Task A_blob_of_no_pieces_is_empty_and_one_that_is_not_ended_is_nothing()
    {
        await using (var draft = await Store.BeginAsync("pieces/d", None)) Assert.NotNull(await draft.EndAsync(None));
        Assert.Equal("", await TextAsync("pieces/d"));
        await using (var draft = await Store.BeginAsync("pieces/e", None)) await draft.AppendAsync("gone"u8.ToArray(), None);
        Assert.Null(await Store.FindAsync("pieces/e", None));
        Assert.Equal(["pieces/d"], await NamesAsync("pieces/"));
    }

    [Fact]
    public async Task An_empty_blob_is_a_blob()
    {
        await Store.PutAsync("empty", ReadOnlyMemory<byte>.Empty, PutCondition.None, None);

        Assert.Empty((await Store.ReadAsync("empty", None))!.Bytes.ToArray());
        Assert.Equal(0, (await Store.FindAsync("empty", None))!.Length);
        Assert.Equal(0, await Store.ReadRangeAsync("empty", 0, new byte[4], None));
    }

    [Fact]
    public async Task What_was_never_put_is_not_there()
    {
        Assert.Null(await Store.ReadAsync("nothing", None));
        Assert.Null(await Store.FindAsync("nothing/below", None));
        Assert.Equal(-1, await Store.ReadRangeAsync("nothing", 0, new byte[4], None));
        Assert.False(await Store.DeleteAsync("nothing", None));
        Assert.Empty(await NamesAsync(""));
    }

    [Fact]
    public async Task Finding_tells_size_and_version()
    {
        var etag = await PutAsync("x/y", "12345");

        var entry = await Store.FindAsync("x/y", None);

        Assert.Equal(("x/y", 5L, etag), (entry!.Name, entry.Length, entry.ETag));
        Assert.Equal(entry, await SingleAsync("x/"));
    }

    [Fact]
    public async Task A_put_replaces_and_changes_the_version()
    {
        var first = await PutAsync("n", "same");
        var second = await PutAsync("n", "same");

        Assert.NotEqual(first, second);
        await PutAsync("n", "a longer text");
        Assert.Equal("a longer text", await TextAsync("n"));
    }

    [Fact]
    public async Task Put_if_absent_leaves_what_is_there()
    {
        Assert.NotNull(await PutAsync("log/1", "mine", PutCondition.IfAbsent));
        Assert.Null(await PutAsync("log/1", "theirs", PutCondition.IfAbsent));
        Assert.Equal("mine", await TextAsync("log/1"));
    }

    [Fact]
    public async Task Put_if_absent_works_again_after_a_delete()
    {
        await PutAsync("log/1", "first", PutCondition.IfAbsent);
        Assert.True(await Store.DeleteAsync("log/1", None));
        Assert.NotNull(await PutAsync("log/1", "second", PutCondition.IfAbsent));
    }

    [Fact]
    public async Task Put_over_a_version_replaces_only_that_version()
    {
        var first = await PutAsync("state", "1");
        var second = await PutAsync("state", "2", PutCondition.IfVersion(first!));

        Assert.NotNull(second);
        Assert.Null(await PutAsync("state", "3", PutCondition.IfVersion(first!)));
        Assert.Equal("2", await TextAsync("state"));
    }

    [Fact]
    public async Task Put_over_a_version_of_a_deleted_blob_does_nothing()
    {
        var etag = await PutAsync("state", "1");
        await Store.DeleteAsync("state", None);

        Assert.Null(await PutAsync("state", "2", PutCondition.IfVersion(etag!)));
        Assert.Null(await Store.FindAsync("state", None));
    }

    [Fact]
    public async Task Of_many_who_put_if_absent_at_once_exactly_one_wins()
    {
        for (var round = 0; round < 10; round++)
        {
            var name = $"race/{round}";
            var etags = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => PutAsync(name, $"writer {i}", PutCondition.IfAbsent)));

            var winner = Assert.Single(Enumerable.Range(0, 16), i => etags[i] is not null);
            Assert.Equal($"writer {winner}", await TextAsync(name));
        }
    }

    [Fact]
    public async Task Of_many_who_replace_one_version_at_once_exactly_one_wins()
    {
        var etag = (await PutAsync("counter", "0"))!;
        for (var round = 1; round <= 10; round++)
        {
            var condition = PutCondition.IfVersion(etag);
            var etags = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => PutAsync("counter", $"{round}", condition)));
            etag = Assert.Single(etags, e => e is not null)!;
        }
        Assert.Equal(etag, (await Store.FindAsync("counter", None))!.ETag);
    }

    [Fact]
    public async Task A_reader_sees_all_of_a_put_or_none()
    {
        await Store.PutAsync("page", new byte[100_000], PutCondition.None, None);
        var writing = Task.Run(async () =>
        {
            for (byte i = 1; i <= 40; i++) await Store.PutAsync("page", Enumerable.Repeat(i, 100_000 + i).ToArray(), PutCondition.None, None);
        });
        do
        {
            var bytes = (await Store.ReadAsync("page", None))!.Bytes.ToArray();
            Assert.Equal(100_000 + bytes[0], bytes.Length);
            Assert.Equal(bytes[0], bytes[^1]);
        }
        while (!writing.IsCompleted);
        await writing;
    }

    [Theory]
    [InlineData(0, 4, "0123")]
    [InlineData(3, 4, "3456")]
    [InlineData(6, 4, "6789")]
    [InlineData(8, 4, "89")]
    [InlineData(10, 4, "")]
    [InlineData(99, 4, "")]
    public async Task A_range_ends_where_the_blob_does(long offset, int length, string expected)
    {
        await PutAsync("digits", "0123456789");
        var buffer = new byte[length];

        var count = await Store.ReadRangeAsync("digits", offset, buffer, None);

        Assert.Equal(expected, Encoding.UTF8.GetString(buffer, 0, count));
    }

    [Fact]
    public async Task Listing_is_ordinal_over_whole_names_however_folders_nest()
    {
        string[] names = ["A", "a-b/1", "a.b", "a/-", "a/0/z", "a/0/z0", "a/00", "a0", "a=b", "aa/b/c/d", "a~", "b", "b_", "z/y/x"];
        foreach (var name in names.Reverse()) await PutAsync(name, name);

        var ordered = names.Order(StringComparer.Ordinal);

        Assert.Equal(ordered, await NamesAsync(""));
    }

    [Theory]
    [InlineData("", null, "p/a/1 p/a/2 p/b/1 p2 q/1")]
    [InlineData("p", null, "p/a/1 p/a/2 p/b/1 p2")]
    [InlineData("p/", null, "p/a/1 p/a/2 p/b/1")]
    [InlineData("p/a", null, "p/a/1 p/a/2")]
    [InlineData("p/a/1", null, "p/a/1")]
    [InlineData("p/c", null, "")]
    [InlineData("", "p/a/1", "p/a/2 p/b/1 p2 q/1")]
    [InlineData("", "p/a/15", "p/a/2 p/b/1 p2 q/1")]
    [InlineData("", "p/a/2", "p/b/1 p2 q/1")]
    [InlineData("p/", "p/a/2", "p/b/1")]
    [InlineData("", "p/a", "p/a/1 p/a/2 p/b/1 p2 q/1")]
    [InlineData("p/", "q", "")]
    public async Task Listing_takes_names_with_the_prefix_after_the_given_one(string prefix, string? after, string expected)
    {
        foreach (var name in "q/1 p2 p/b/1 p/a/2 p/a/1".Split(' ')) await PutAsync(name, "");

        Assert.Equal(expected, string.Join(' ', await NamesAsync(prefix, after)));
    }

    [Fact]
    public async Task Listing_goes_past_one_page()
    {
        // Azure answers at most 5,000 names at once; fewer are asked for here to keep the test short.
        var names = Enumerable.Range(0, 120).Select(i => $"many/{i:D4}").ToList();
        await Task.WhenAll(names.Select(name => PutAsync(name, "x")));

        Assert.Equal(names, await NamesAsync("many/"));
        Assert.Equal(names.Skip(60), await NamesAsync("many/", "many/0059"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("a%2fb")]
    [InlineData("a\\b")]
    [InlineData("ü")]
    [InlineData("a\0")]
    public async Task What_is_no_name_is_turned_away(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(name, ReadOnlyMemory<byte>.Empty, PutCondition.None, None));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ReadAsync(name, None));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeleteAsync(name, None));
    }

    [Fact]
    public async Task The_longest_name_works_and_one_longer_does_not()
    {
        var longest = string.Join('/', Enumerable.Repeat(new string('n', 255), 4));
        Assert.Equal(1023, longest.Length);
        await PutAsync(longest, "deep");

        Assert.Equal([longest], await NamesAsync("n"));
        await Assert.ThrowsAsync<ArgumentException>(() => PutAsync(longest + "/n", ""));
        await Assert.ThrowsAsync<ArgumentException>(() => PutAsync(new string('n', 256), ""));
    }

    [Fact]
    public async Task A_lease_is_held_by_one_at_a_time()
    {
        var held = await Store.TryLeaseAsync("owner", TimeSpan.FromSeconds(15), None);
        Assert.NotNull(held);
        Assert.Null(await Store.TryLeaseAsync("owner", TimeSpan.FromSeconds(15), None));
        Assert.True(await held.RenewAsync(None));

        await held.DisposeAsync();

        await using var next = await Store.TryLeaseAsync("owner", TimeSpan.FromSeconds(15), None);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Giving_a_lease_back_twice_takes_nothing_from_the_next_holder()
    {
        var first = (await Store.TryLeaseAsync("owner", TimeSpan.FromSeconds(15), None))!;
        await first.DisposeAsync();
        await using var second = (await Store.TryLeaseAsync("owner", TimeSpan.FromSeconds(15), None))!;

        await first.DisposeAsync();

        Assert.False(await first.RenewAsync(None));
        Assert.True(await second.RenewAsync(None));
    }

    [Theory]
    [InlineData(14)]
    [InlineData(61)]
    public async Task A_lease_lasts_fifteen_to_sixty_seconds(int seconds) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.TryLeaseAsync("owner", TimeSpan.FromSeconds(seconds), None));

    [Fact]
    public async Task A_lease_ends_by_itself_unless_renewed()
    {
        if (Clock is not { } clock) return; // Azurite's clock is its own; waiting 15 s shows nothing that its own tests don't.
        var first = (await Store.TryLeaseAsync("owner", TimeSpan.FromSeconds(30), None))!;
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.True(await first.RenewAsync(None));
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Null(await Store.TryLeaseAsync("owner", TimeSpan.FromSeconds(30), None));
        clock.Advance(TimeSpan.FromSeconds(1));

        await using var second = await Store.TryLeaseAsync("owner", TimeSpan.FromSeconds(30), None);

        Assert.NotNull(second);
        Assert.False(await first.RenewAsync(None));
    }

    protected Task<string?> PutAsync(string name, string text, PutCondition condition = default) =>
        Store.PutAsync(name, Encoding.UTF8.GetBytes(text), condition, None);

    protected async Task<string?> TextAsync(string name) =>
        await Store.ReadAsync(name, None) is { } content ? Encoding.UTF8.GetString(content.Bytes.Span) : null;

    protected async Task<List<string>> NamesAsync(string prefix, string? after = null)
    {
        var names = new List<string>();
        await foreach (var entry in Store.ListAsync(prefix, after, None)) names.Add(entry.Name);
        return names;
    }

    async Task<BlobEntry> SingleAsync(string prefix)
    {
        var entries = new List<BlobEntry>();
        await foreach (var entry in Store.ListAsync(prefix, null, None)) entries.Add(entry);
        return Assert.Single(entries);
    }
}
