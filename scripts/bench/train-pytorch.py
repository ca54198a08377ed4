"""The baseline of bench:train: train-pytorch.py <net> <CPU-seconds>. The networks of train-task.ts, on one thread."""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

BATCH, BATCHES = 32, 8
STAGES = [16, 32, 64]


def conv(inputs, outputs, size=3, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)
    )


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = conv(inputs, outputs, 3, stride)
        self.second = conv(outputs, outputs)
        same = stride == 1 and inputs == outputs
        self.shortcut = nn.Identity() if same else conv(inputs, outputs, 1, stride)

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


def separable(inputs, outputs, stride):
    return nn.Sequential(
        conv(inputs, inputs, 3, stride, groups=inputs), nn.ReLU(), conv(inputs, outputs, 1), nn.ReLU()
    )


def staged(block, *end):
    layers, depth = [conv(1, STAGES[0]), nn.ReLU()], STAGES[0]
    for stage, filters in enumerate(STAGES):
        layers.append(block(depth, filters, 2 if stage > 0 else 1))
        depth = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), *end, nn.Linear(depth, 10))


def small_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 64), nn.ReLU(), nn.Linear(64, 10),
    )


NETS = {
    "cnn": small_cnn,
    "resnet": lambda: staged(Residual),
    "depthwise": lambda: staged(separable, nn.Dropout(0.2)),
}


def train_once(net, optimiser, images, labels):
    for chosen in torch.randperm(len(images)).split(BATCH):
        optimiser.zero_grad()
        logits = net(images[chosen])
        loss = F.cross_entropy(logits, labels[chosen])
        loss.backward()
        optimiser.step()
        loss.item()
        (logits.argmax(1) == labels[chosen]).sum().item()
    return len(images)


torch.set_num_threads(1)
torch.manual_seed(1)
net = NETS[sys.argv[1]]()
optimiser = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
images = torch.rand(BATCH * BATCHES, 1, 28, 28)
labels = torch.arange(BATCH * BATCHES) % 10
train_once(net, optimiser, images, labels)
start, trained = time.process_time(), 0
while time.process_time() - start < float(sys.argv[2]):
    trained += train_once(net, optimiser, images, labels)
recorded = sum(b.numel() for name, b in net.named_buffers() if "num_batches" not in name)
print(json.dumps({
    "version": torch.__version__,
    "parameters": sum(p.numel() for p in net.parameters()) + recorded,
    "images": trained,
    "cpuSeconds": time.process_time() - start,
}))
