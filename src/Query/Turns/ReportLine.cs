namespace Cairn.Query.Turns;

/// <summary>Where reports wait that are too many to be worked on at once: a line for each project, and the projects take turns.</summary>
sealed class ReportLine(int maxAtOnce, int maxOfProject, int maxWaiting)
{
    readonly Lock gate = new();
    readonly Dictionary<string, LinkedList<TaskCompletionSource>> lines = new(StringComparer.Ordinal);

    readonly Dictionary<string, int> begunOf = new(StringComparer.Ordinal);

    /// <summary>Projects with somebody in line, the next one first.</summary>
    readonly LinkedList<string> order = [];
    int begun, waiting;

    /// <exception cref="ReportsBusyException">The line is full.</exception>
    public async ValueTask EnterAsync(string projectId, CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (gate)
        {
            if (begun < maxAtOnce && begunOf.GetValueOrDefault(projectId) < maxOfProject)
            {
                Begin(projectId);
                return;
            }
            if (waiting == maxWaiting) throw new ReportsBusyException();
            turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!lines.TryGetValue(projectId, out var line))
            {
                lines.Add(projectId, line = []);
                order.AddLast(projectId);
            }
            line.AddLast(turn);
            waiting++;
        }
        await using var leaving = cancellationToken.Register(() => GiveUp(projectId, turn));
        await turn.Task;
        if (!cancellationToken.IsCancellationRequested) return;
        Leave(projectId);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Lets the next one begin.</summary>
    public void Leave(string projectId)
    {
        lock (gate)
        {
            begun--;
            if (--begunOf[projectId] == 0) begunOf.Remove(projectId);
            if (order.FirstOrDefault(project => begunOf.GetValueOrDefault(project) < maxOfProject) is not { } nextProject) return;
            order.Remove(nextProject);
            var line = lines[nextProject];
            var next = line.First!.Value;
            line.RemoveFirst();
            waiting--;
            if (line.Count == 0) lines.Remove(nextProject);
            else order.AddLast(nextProject);
            Begin(nextProject);
            next.SetResult();
        }
    }

    void Begin(string projectId)
    {
        begun++;
        begunOf[projectId] = begunOf.GetValueOrDefault(projectId) + 1;
    }

    void GiveUp(string projectId, TaskCompletionSource turn)
    {
        lock (gate)
        {
            // Who has been let in meanwhile gives the place on by himself.
            if (!lines.TryGetValue(projectId, out var line) || !line.Remove(turn)) return;
            waiting--;
            if (line.Count == 0)
            {
                lines.Remove(projectId);
                order.Remove(projectId);
            }
        }
        turn.SetCanceled();
    }
}
