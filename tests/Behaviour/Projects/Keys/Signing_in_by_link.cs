using Cairn.Projects.Keys;
using Cairn.Storage;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Projects.Keys;

public class Signing_in_by_link
{
    readonly SomeKeys _app = new();

    [Fact]
    public async Task A_code_becomes_a_session_with_the_links_project_and_role()
    {
        var project = await _app.ProjectAsync();
        var link = await _app.SignIns.CreateLinkAsync(project.Id, Role.Analyst, default);

        var session = (await _app.SignIns.RedeemAsync(link.Text, default))!;
        var access = (await _app.Access.AuthenticateBearerAsync(session.Text, default))!;

        Assert.Equal((project.Id, Role.Analyst, CredentialKind.PageSession), (access.Project!.ProjectId, access.Role, access.Kind));
    }

    [Fact]
    public async Task A_code_dies_on_first_use_and_only_one_of_many_gets_it()
    {
        var project = await _app.ProjectAsync();
        var link = await _app.SignIns.CreateLinkAsync(project.Id, Role.Admin, default);

        var sessions = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => _app.SignIns.RedeemAsync(link.Text, default))));

        Assert.Single(sessions, session => session is not null);
        Assert.Null(await _app.SignIns.RedeemAsync(link.Text, default));
    }

    [Theory]
    [InlineData(599, true)]
    [InlineData(600, false)]
    public async Task A_code_dies_after_ten_minutes(int seconds, bool works)
    {
        var link = await _app.SignIns.CreateLinkAsync((await _app.ProjectAsync()).Id, Role.Admin, default);
        _app.Clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(works, await _app.SignIns.RedeemAsync(link.Text, default) is not null);
    }

    [Fact]
    public async Task A_session_ends_after_seven_days_or_on_signing_out()
    {
        var (first, second) = (await SessionAsync(), await SessionAsync());

        await _app.SignIns.EndSessionAsync(first, default);
        Assert.Null(await _app.Access.AuthenticateBearerAsync(first, default));
        _app.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        Assert.NotNull(await _app.Access.AuthenticateBearerAsync(second, default));
        _app.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await _app.Access.AuthenticateBearerAsync(second, default));
    }

    [Fact]
    public async Task A_code_is_no_session_and_a_session_no_code()
    {
        var link = await _app.SignIns.CreateLinkAsync((await _app.ProjectAsync()).Id, Role.Admin, default);
        Assert.Null(await _app.Access.AuthenticateBearerAsync(link.Text, default));
        Assert.Null(await _app.SignIns.FindSessionAsync(link.Text, default));
        Assert.Null(await _app.SignIns.RedeemAsync(await SessionAsync(), default));
    }

    [Fact]
    public async Task What_has_expired_is_swept_out_when_somebody_signs_in()
    {
        await _app.SignIns.CreateLinkAsync((await _app.ProjectAsync()).Id, Role.Admin, default);
        await SessionAsync();
        _app.Clock.Advance(TimeSpan.FromDays(8));

        await SessionAsync();

        var rows = 0;
        await foreach (var _ in _app.Tables.QueryAsync("signins", new TableRange(null), default)) rows++;
        Assert.Equal(1, rows);
    }

    async Task<string> SessionAsync()
    {
        var link = await _app.SignIns.CreateLinkAsync((await _app.ProjectAsync()).Id, Role.Admin, default);
        return (await _app.SignIns.RedeemAsync(link.Text, default))!.Text;
    }
}
