using Cairn.Model;

namespace Cairn.Ingestion.Stages;

/// <summary>Drops and renames events as the project's catalogue says.</summary>
/// <remarks>A blocked event is answered as accepted: the sender's code is right, and an error would make SDKs send it again.</remarks>
sealed class ApplyCatalogue(ICatalogue catalogue) : IIngestStage
{
    public string Name => "apply_catalogue";

    public ValueTask RunAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        foreach (ref var item in batch.Items)
        {
            if (item.Kind != ItemKind.Event || !batch.IsPending(item)) continue;
            var rule = catalogue.RuleFor(batch.Projects[item.ProjectIndex].ProjectId, item.Name.Span);
            if (rule.IsBlocked) batch.Reject(item.RecordIndex, RejectReason.Blocked, WireNames.Name(item), quietly: true);
            else if (!rule.NewName.IsEmpty) item.Name = rule.NewName;
        }
        return default;
    }
}
