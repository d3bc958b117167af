using System.Text;
using Cairn.Projects.Keys;
using Cairn.Storage;
using Cairn.Support;
using Cairn.Support.Stores;
using Xunit;

namespace Cairn.Behaviour.Projects.Keys;

public class Knowing_projects_by_token
{
    readonly FaultyTableStore _tables = new(new InMemoryTableStore());
    readonly SomeKeys _app;

    public Knowing_projects_by_token() => _app = new SomeKeys(_tables);

    [Fact]
    public async Task A_new_token_is_known_at_once_here()
    {
        var token = "0123456789abcdef0123456789abcdef";
        Assert.Null(await FindAsync(_app, token));

        var project = await NewAsync(token);

        Assert.Equal(project.Id, (await FindAsync(_app, token))!.ProjectId);
    }

    [Fact]
    public async Task It_is_known_elsewhere_within_ten_seconds_and_its_changes_within_a_minute()
    {
        var token = "0123456789abcdef0123456789abcdef";
        var elsewhere = new SomeKeys(_tables, _app.Clock);
        Assert.Null(await FindAsync(elsewhere, token));
        var project = await NewAsync(token);

        _app.Clock.Advance(ProjectDirectory.MissRememberedFor);
        Assert.Equal("UTC", (await FindAsync(elsewhere, token))!.TimeZone);

        await _app.Projects.ChangeAsync(project.Id, new ProjectChange(TimeZone: "Asia/Tokyo"), default);
        Assert.Equal("Asia/Tokyo", (await FindAsync(_app, token))!.TimeZone);
        _app.Clock.Advance(ProjectDirectory.VisibleElsewhereWithin);
        Assert.Equal("Asia/Tokyo", (await FindAsync(elsewhere, token))!.TimeZone);
    }

    [Fact]
    public async Task A_known_token_is_answered_at_once_and_without_a_read()
    {
        var project = await NewAsync("0123456789abcdef0123456789abcdef");
        await FindAsync(_app, "0123456789abcdef0123456789abcdef");
        _tables.Decide = (_, _) => throw new InvalidOperationException("The tables were asked.");

        var answer = _app.Directory.FindByTokenAsync("0123456789abcdef0123456789abcdef"u8.ToArray(), default).AsTask();

        Assert.True(answer.IsCompletedSuccessfully);
        Assert.Equal(project.Id, (await answer)!.ProjectId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("0123456789abcdef0123456789abcde!")]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    public async Task What_can_be_no_token_needs_no_read(string text)
    {
        _tables.Decide = (_, _) => throw new InvalidOperationException("The tables were asked.");
        Assert.Null(await FindAsync(_app, text));
    }

    [Fact]
    public async Task While_the_tables_are_away_known_tokens_stay_known_and_unknown_ones_are_a_fault()
    {
        var project = await NewAsync("0123456789abcdef0123456789abcdef");
        await FindAsync(_app, "0123456789abcdef0123456789abcdef");
        _tables.Decide = (_, _) => BlobFault.FailBefore;

        for (var minute = 0; minute < 30; minute++)
        {
            _app.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(project.Id, (await FindAsync(_app, "0123456789abcdef0123456789abcdef"))!.ProjectId);
        }
        await Assert.ThrowsAsync<StorageUnavailableException>(() => FindAsync(_app, "ffffffffffffffffffffffffffffffff"));
    }

    [Fact]
    public async Task A_token_taken_away_is_unknown()
    {
        var project = await NewAsync("0123456789abcdef0123456789abcdef");
        var key = Assert.Single(await _app.Keys.ListAsync(project.Id, default));
        Assert.NotNull(await FindAsync(_app, "0123456789abcdef0123456789abcdef"));

        await _app.Keys.DeleteAsync(project.Id, key.Id, default);

        Assert.Null(await FindAsync(_app, "0123456789abcdef0123456789abcdef"));
    }

    [Fact]
    public async Task Projects_are_also_known_by_id()
    {
        var project = await _app.ProjectAsync();
        Assert.Equal(project.Id, (await _app.Directory.FindByIdAsync(project.Id, default))!.ProjectId);
        Assert.Null(await _app.Directory.FindByIdAsync("999999999", default));
        Assert.Null(await _app.Directory.FindByIdAsync("no/id", default));
    }

    async Task<Project> NewAsync(string token)
    {
        var project = await _app.ProjectAsync();
        await _app.Keys.CreateTokenAsync(project.Id, KeyKind.MixpanelToken, "web", token, default);
        return project;
    }

    static async Task<Cairn.Ingestion.IngestProject?> FindAsync(SomeKeys app, string token) =>
        await app.Directory.FindByTokenAsync(Encoding.UTF8.GetBytes(token), default);
}
