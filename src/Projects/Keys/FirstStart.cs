using Cairn.Storage;

namespace Cairn.Projects.Keys;

/// <summary>Makes the first project, and on one machine its keys.</summary>
/// <remarks>Every step looks at what is there, so a start that died half-way is finished by the next, and several at once make one project.</remarks>
public sealed class FirstStart(ITableStore tables, ProjectStore projects, ProjectKeys keys, ProjectsOptions options)
{
    const string StateRow = "first-start", FirstProjectName = "My product";

    static readonly KeyKind[] TokenKinds = [KeyKind.MixpanelToken, KeyKind.AmplitudeApiKey, KeyKind.SegmentWriteKey];

    /// <summary>Does what is still to be done.</summary>
    public async Task<StartResult> RunAsync(CancellationToken cancellationToken)
    {
        var state = await EnsureStateAsync(cancellationToken);
        var projectId = await EnsureProjectAsync(state, cancellationToken);
        var tokens = await EnsureTokensAsync(projectId, state, cancellationToken);
        if (options.KeysFile is not { } path) return new StartResult(projectId, null, AreNew: false);
        if (MachineKeys.Read(path) is { } kept) return new StartResult(kept.ProjectId, kept, AreNew: false);

        var secret = await keys.CreateSecretAsync(projectId, "first secret", Role.Admin, cancellationToken);
        var account = await keys.CreateServiceAccountAsync(projectId, "first account", Role.Admin, cancellationToken);
        var adminKey = await keys.ReplaceAdminKeyAsync(cancellationToken);
        var made = new MachineKeys(
            projectId, tokens[0], tokens[1], secret.Secret, tokens[2], new MachineServiceAccount(account.Key.Text, account.Secret), adminKey.Secret, Url: null);
        made.Write(path);
        return new StartResult(projectId, made, AreNew: true);
    }

    /// <summary>Says in <c>keys.json</c> where the server listens, once that is known.</summary>
    public void NoteUrl(MachineKeys made, string url)
    {
        if (options.KeysFile is { } path && made.Url != url) (made with { Url = url }).Write(path);
    }

    /// <summary>The row that names the first project and its tokens is written before they are made, so all who start at once make the same.</summary>
    async Task<TableRow> EnsureStateAsync(CancellationToken cancellationToken)
    {
        var state = new Dictionary<string, object> { ["projectId"] = ProjectStore.NewId() };
        foreach (var kind in TokenKinds) state[kind.ToString()] = SecretText.New(kind);
        await tables.SubmitAsync(KeyTables.Projects, KeyTables.DeploymentPartition, [new(StateRow, TableAction.Insert, state)], cancellationToken);
        return await tables.FindAsync(KeyTables.Projects, KeyTables.DeploymentPartition, StateRow, cancellationToken)
            ?? throw new InvalidOperationException("The row of the first start vanished.");
    }

    async Task<string> EnsureProjectAsync(TableRow state, CancellationToken cancellationToken)
    {
        var projectId = (string)state.Values["projectId"];
        if (await projects.FindAsync(projectId, cancellationToken) is null)
            await projects.TryCreateAsync(projectId, new ProjectChange(FirstProjectName), cancellationToken);
        return projectId;
    }

    /// <summary>One token of each kind, in the order of <see cref="TokenKinds"/>.</summary>
    async Task<string[]> EnsureTokensAsync(string projectId, TableRow state, CancellationToken cancellationToken)
    {
        var there = await keys.ListAsync(projectId, cancellationToken);
        var tokens = new string[TokenKinds.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            // Rows of earlier versions name no tokens.
            var named = state.Values.TryGetValue(TokenKinds[i].ToString(), out var text) ? (string)text : null;
            tokens[i] = there.FirstOrDefault(key => key.Kind == TokenKinds[i])?.Text
                ?? (await keys.CreateTokenAsync(projectId, TokenKinds[i], "first", named, cancellationToken))?.Secret
                // Another that starts at the same moment has made it.
                ?? named
                ?? throw new InvalidOperationException("A new random token was taken.");
        }
        return tokens;
    }
}

/// <summary>What a start found or made.</summary>
/// <param name="Keys">The machine's keys; null on Azure.</param>
/// <param name="AreNew">Whether they were made just now, and are to be shown.</param>
public sealed record StartResult(string ProjectId, MachineKeys? Keys, bool AreNew);
