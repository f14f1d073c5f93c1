"""The model and the losses of common/model once more, in plain PyTorch as its users would write them."""

import torch
import torch.nn.functional as F
from torch import nn

FIRST_PREDICTABLE = 2  # <|pad|> and <|mask|> have probability 0


class RmsNorm(nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, x):
        return F.rms_norm(x, x.shape[-1:], eps=1e-6) * self.weight


def rotate(x, cos, sin):
    """RoPE over interleaved pairs; x [B, H, T, W], cos and sin [B, 1, T, W / 2]."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


class Attention(nn.Module):
    def __init__(self, tensors, prefix, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Parameter(tensors[prefix + "attention.qkv"])
        self.out = nn.Parameter(tensors[prefix + "attention.out"])
        self.qk_norm = nn.Parameter(tensors[prefix + "attention.qk_norm"])

    def forward(self, x, cos, sin, mask):
        rows, length, width = x.shape
        q, k, v = F.linear(x, self.qkv).view(rows, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        q = rotate(F.rms_norm(q, q.shape[-1:], eps=1e-6) * self.qk_norm[0], cos, sin)
        k = rotate(F.rms_norm(k, k.shape[-1:], eps=1e-6) * self.qk_norm[1], cos, sin)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return F.linear(mixed.transpose(1, 2).reshape(rows, length, width), self.out)


def swiglu(x, w_in, w_out):
    up, gate = F.linear(x, w_in).chunk(2, dim=-1)
    return F.linear(F.silu(gate) * up, w_out)


class Dense(nn.Module):
    def __init__(self, tensors, prefix):
        super().__init__()
        self.w_in = nn.Parameter(tensors[prefix + "dense.in"])
        self.w_out = nn.Parameter(tensors[prefix + "dense.out"])

    def forward(self, x, batch, routers):
        return swiglu(x, self.w_in, self.w_out)


class Mixture(nn.Module):
    def __init__(self, tensors, prefix, by_segment):
        super().__init__()
        self.router = nn.Parameter(tensors[prefix + "router"])
        self.w_in = nn.Parameter(tensors[prefix + "experts.in"])
        self.w_out = nn.Parameter(tensors[prefix + "experts.out"])
        self.by_segment = by_segment

    def forward(self, x, batch, routers):
        shape, x = x.shape, x.flatten(0, 1)
        real = batch["real"]
        segment = batch["segment_BT"].flatten()[real]
        tokens = x[real]
        logits = F.linear(tokens, self.router)
        means = torch.zeros(len(batch["label_S"]), logits.shape[1]).index_add(
            0, segment, logits * batch["visible_weight_N"][:, None])
        unit_logits = means if self.by_segment else logits
        probs = unit_logits.softmax(-1)
        gate, choice = probs.max(-1)
        routers.append((unit_logits, probs, choice, means))
        if self.by_segment:
            gate, choice = gate[segment], choice[segment]
        forced = batch["forced_S"][segment]
        expert = torch.where(forced < 0, choice, forced)
        out = torch.zeros_like(tokens)
        for e in range(len(self.w_in)):
            mine = (expert == e).nonzero().squeeze(1)
            if len(mine):
                out = out.index_add(0, mine, swiglu(tokens[mine], self.w_in[e], self.w_out[e]))
        return torch.zeros_like(x).index_add(0, real, out * gate[:, None]).view(shape)


class Block(nn.Module):
    def __init__(self, tensors, number, config):
        super().__init__()
        prefix = f"layers.{number}."
        self.attention_norm = RmsNorm(tensors[prefix + "attention_norm"])
        self.attention = Attention(tensors, prefix, config["heads"])
        self.feed_forward_norm = RmsNorm(tensors[prefix + "feed_forward_norm"])
        moe = number in config["moe_layers"]
        self.feed_forward = Mixture(tensors, prefix, config["router"] == "segment") if moe else Dense(tensors, prefix)

    def forward(self, x, cos, sin, mask, batch, routers):
        x = x + self.attention(self.attention_norm(x), cos, sin, mask)
        return x + self.feed_forward(self.feed_forward_norm(x), batch, routers)


class Twin(nn.Module):
    def __init__(self, config, tensors):
        super().__init__()
        self.embedding = nn.Parameter(tensors["embedding"])
        self.output_bias = nn.Parameter(tensors["output_bias"])
        self.final_norm = RmsNorm(tensors["final_norm"])
        self.blocks = nn.ModuleList(Block(tensors, i, config) for i in range(config["layers"]))
        self.pairs = config["width"] // config["heads"] // 2
        self.rope_base = config["rope_base"]

    def forward(self, batch):
        frequency = self.rope_base ** -(torch.arange(self.pairs) / self.pairs)
        angle = (batch["position_BT"][..., None] * frequency)[:, None]
        segment = batch["segment_BT"]
        mask = (segment[:, :, None] == segment[:, None, :])[:, None]
        routers = []
        x = F.embedding(batch["ids_BT"], self.embedding)
        for block in self.blocks:
            x = block(x, angle.cos(), angle.sin(), mask, batch, routers)
        hidden = self.final_norm(x.flatten(0, 1)[batch["masked_M"]])
        return F.linear(hidden, self.embedding[FIRST_PREDICTABLE:], self.output_bias[FIRST_PREDICTABLE:]), routers


def objective(logits, routers, batch, coefficients):
    """NELBO in nats per maskable token plus the weighted routing losses."""
    nats = F.cross_entropy(logits, batch["target_M"] - FIRST_PREDICTABLE, reduction="none")
    total = (nats * batch["weight_M"]).sum() / batch["maskable"].item()
    for unit_logits, probs, choice, means in routers:
        experts = probs.shape[1]
        share = torch.bincount(choice, minlength=experts) / len(choice)
        supervised = F.cross_entropy(means, batch["label_S"], reduction="none")
        weight = batch["label_weight_S"]
        total = total + (coefficients["load_balance"] * experts * (share * probs.mean(0)).sum()
                         + coefficients["z"] * unit_logits.logsumexp(-1).square().mean()
                         + coefficients["supervised"] * (supervised * weight).sum() / weight.sum()) / len(routers)
    return total
